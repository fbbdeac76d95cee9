using Raft.Core.Membership;

namespace Raft.Core.Node.Events;

/// <summary>The node follows another leader, or none.</summary>
/// <param name="Leader">Who leads as far as the node knows; <see cref="NodeId.None"/> when it knows of nobody.</param>
/// <param name="Term">In which term.</param>
public sealed record LeaderChanged(NodeId Leader, ulong Term) : RaftEvent;
