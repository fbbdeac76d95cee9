using Raft.Core.Membership;

namespace Raft.Core.Node.Events;

/// <summary>Messages to a member were lost: it can't be reached, or does not keep up. Told once until it is heard from again.</summary>
/// <param name="Peer">The member.</param>
public sealed record PeerUnreachable(NodeId Peer) : RaftEvent;
