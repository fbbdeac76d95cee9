namespace Raft.Jepsen.Histories;

/// <summary>A register's value, or an element of a list.</summary>
internal sealed record NumberValue(long Number) : HistoryValue;
