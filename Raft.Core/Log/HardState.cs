using Raft.Core.Membership;

namespace Raft.Core.Log;

/// <summary>What a node must remember across restarts beside its log (Raft paper, Figure 2, persistent state).</summary>
/// <param name="Term">Latest term the node has seen; never falls.</param>
/// <param name="VotedFor">Who got the node's vote in <paramref name="Term"/>, or <see cref="NodeId.None"/>.</param>
/// <param name="Commit">
/// Highest index known to be committed. A hint that saves time after a restart: losing an increase of it loses nothing.
/// </param>
public readonly record struct HardState(ulong Term, NodeId VotedFor, ulong Commit);
