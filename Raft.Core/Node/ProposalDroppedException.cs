using Raft.Core.Consensus;

namespace Raft.Core.Node;

/// <summary>A proposal was refused because a limit was reached. It was certainly not carried out.</summary>
public sealed class ProposalDroppedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ProposalDroppedException(ProposalStatus reason)
        : base($"The proposal was dropped: {reason}.")
        => Reason = reason;

    /// <summary>Which limit it was.</summary>
    public ProposalStatus Reason { get; }
}
