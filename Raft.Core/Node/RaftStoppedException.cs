namespace Raft.Core.Node;

/// <summary>The node has stopped, on request or because it could not go on (the inner exception).</summary>
public sealed class RaftStoppedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">What stopped the node, or <c>null</c> when it was asked to.</param>
    public RaftStoppedException(Exception? reason)
        : base(reason is null ? "The Raft node has stopped." : $"The Raft node has stopped: {reason.Message}", reason)
    {
    }
}
