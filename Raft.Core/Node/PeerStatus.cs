using Raft.Core.Membership;
using Raft.Core.Replication;

namespace Raft.Core.Node;

/// <summary>How a leader sees one other member.</summary>
/// <param name="Id">The member.</param>
/// <param name="Match">Highest index known to be durable there.</param>
/// <param name="Next">Index of the next entry to send.</param>
/// <param name="State">How the member is fed.</param>
/// <param name="SinceContact">Time since its last message in this node's current term of leadership; <c>null</c> when there was none.</param>
public sealed record PeerStatus(NodeId Id, ulong Match, ulong Next, ProgressState State, TimeSpan? SinceContact);
