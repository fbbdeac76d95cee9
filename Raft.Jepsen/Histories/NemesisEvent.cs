namespace Raft.Jepsen.Histories;

/// <summary>Something was done to the cluster.</summary>
/// <param name="Index">Number of the line.</param>
/// <param name="TimeNs">When it was done.</param>
/// <param name="Fault">What: <c>start-X</c> and <c>stop-X</c> for what lasts, a plain name for what does not.</param>
/// <param name="Nodes">To which nodes, by id; empty when it was not to nodes.</param>
/// <param name="Detail">More, in words; <c>null</c> when there is no more.</param>
internal sealed record NemesisEvent(long Index, long TimeNs, string Fault, IReadOnlyList<ulong> Nodes, string? Detail) : HistoryEvent(Index, TimeNs);
