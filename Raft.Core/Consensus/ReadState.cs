namespace Raft.Core.Consensus;

/// <summary>A confirmed read round: every read of the round may be served once <paramref name="Index"/> is applied.</summary>
/// <param name="Context">The number that <see cref="RaftCore.RequestRead"/> returned.</param>
/// <param name="Index">The commit index when the round began.</param>
public readonly record struct ReadState(ulong Context, ulong Index);
