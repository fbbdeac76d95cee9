namespace Raft.Jepsen.Histories;

/// <summary>The elements of a list, oldest first.</summary>
internal sealed record ListValue(IReadOnlyList<long> Elements) : HistoryValue;
