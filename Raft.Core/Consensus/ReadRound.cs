using Raft.Core.Membership;

namespace Raft.Core.Consensus;

/// <summary>A read that waits: on a leader for the round that confirms it, on another node for the leader's answer.</summary>
/// <param name="Context">Number of the round; ascending on one node for as long as it runs.</param>
/// <param name="Index">On a leader: the commit index when the round began.</param>
/// <param name="Reader">Who reads: this node, a peer that asked for a read index, or nobody when the round only renews the lease.</param>
/// <param name="ReaderContext">The peer's own number.</param>
/// <param name="Begun">Time at which it began, in microseconds; <c>null</c> when the driver tells no time.</param>
internal readonly record struct ReadRound(ulong Context, ulong Index, NodeId Reader, ulong ReaderContext, long? Begun);
