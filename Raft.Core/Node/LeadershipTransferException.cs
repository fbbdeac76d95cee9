namespace Raft.Core.Node;

/// <summary>Leadership could not be handed over; this node leads on, or did not lead in the first place.</summary>
public sealed class LeadershipTransferException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LeadershipTransferException(string message)
        : base(message)
    {
    }
}
