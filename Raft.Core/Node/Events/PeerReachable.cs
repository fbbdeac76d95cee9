using Raft.Core.Membership;

namespace Raft.Core.Node.Events;

/// <summary>A member that was unreachable was heard from again.</summary>
/// <param name="Peer">The member.</param>
public sealed record PeerReachable(NodeId Peer) : RaftEvent;
