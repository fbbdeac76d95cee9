namespace Raft.Jepsen.Invariants;

/// <summary>One session of a <see cref="SessionReference"/>.</summary>
/// <param name="usedAt">Log time of the first use.</param>
/// <param name="lastUse">Ordinal of the first use.</param>
internal sealed class ReferenceSession(ulong usedAt, ulong lastUse)
{
    public ulong UsedAt { get; set; } = usedAt;

    public ulong LastUse { get; set; } = lastUse;

    public ulong LowestUnanswered { get; set; } = 1;

    /// <summary>Replies by sequence, as far as the client may still ask.</summary>
    public Dictionary<ulong, byte[]> Replies { get; } = [];
}
