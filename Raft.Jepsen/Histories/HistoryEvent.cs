namespace Raft.Jepsen.Histories;

/// <summary>One line of a history.</summary>
/// <param name="Index">Its number, from 0 and without a gap; the order in which things happened, also among those with the same time.</param>
/// <param name="TimeNs">Nanoseconds since the history's beginning, by one clock that no fault touches.</param>
internal abstract record HistoryEvent(long Index, long TimeNs);
