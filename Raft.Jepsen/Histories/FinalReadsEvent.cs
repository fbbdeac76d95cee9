namespace Raft.Jepsen.Histories;

/// <summary>All faults are healed and all changes have ended: reads that begin from here on are the final reads.</summary>
/// <param name="Index">Number of the line.</param>
/// <param name="TimeNs">When they begin.</param>
internal sealed record FinalReadsEvent(long Index, long TimeNs) : HistoryEvent(Index, TimeNs);
