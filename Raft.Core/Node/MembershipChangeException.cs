using Raft.Core.Consensus;

namespace Raft.Core.Node;

/// <summary>A change of the membership was refused; nothing was changed.</summary>
public sealed class MembershipChangeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="status">Why it was refused.</param>
    /// <param name="message">The reason, for people.</param>
    public MembershipChangeException(ConfigurationStatus status, string message)
        : base(message)
        => Status = status;

    /// <summary>Why it was refused.</summary>
    public ConfigurationStatus Status { get; }
}
