using Raft.Core.Membership;

namespace Raft.Core.Node;

/// <summary>The call needs the leader, and this node is not it. Nothing was done.</summary>
public sealed class NotLeaderException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="leader">Who leads as far as this node knows.</param>
    public NotLeaderException(NodeId leader)
        : base(leader.IsNone ? "This node does not lead, and knows of no leader now." : $"This node does not lead; node {leader} does.")
        => Leader = leader;

    /// <summary>Who leads as far as this node knows, or <see cref="NodeId.None"/>.</summary>
    public NodeId Leader { get; }
}
