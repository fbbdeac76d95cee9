namespace Raft.Core.Node.Recovery;

/// <summary>A node can't be made the start of a new quorum in this way; nothing was changed. The message says why.</summary>
public sealed class RecoveryRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RecoveryRefusedException(string message)
        : base(message)
    {
    }
}
