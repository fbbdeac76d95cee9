namespace Raft.Core.Consensus;

/// <summary>A confirmed read: it may be served once <paramref name="Index"/> is applied on this node.</summary>
/// <param name="Context">The number that <see cref="RaftCore.RequestRead"/> returned.</param>
/// <param name="Index">The leader's commit index at a time after the read began; committed here too by now.</param>
public readonly record struct ReadState(ulong Context, ulong Index);
