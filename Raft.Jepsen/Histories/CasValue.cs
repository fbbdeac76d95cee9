namespace Raft.Jepsen.Histories;

/// <summary>What a compare-and-set carries.</summary>
/// <param name="Expected">The value that the register must have; <c>null</c> when it must be absent.</param>
/// <param name="New">The value that it gets.</param>
internal sealed record CasValue(long? Expected, long New) : HistoryValue;
