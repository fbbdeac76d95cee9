using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Lists;

/// <summary>Judges the stale reads of one list.</summary>
internal sealed class StaleListReads(ListHistory list, FindingSet findings)
{
    public void Check()
    {
        List<(long TimeNs, int Length, HistoryOperation Operation)> known = Known();
        HistoryOperation? longest = list.StaleReads.MaxBy(read => ListHistory.Seen(read).Count);
        foreach (HistoryOperation read in list.StaleReads)
        {
            if (!list.FitsOrder(read))
            {
                AddFork(read, list.Longest!);
            }
            else if (!ListHistory.Fit(ListHistory.Seen(read), ListHistory.Seen(longest!)))
            {
                AddFork(read, longest!);
            }
            else if (ListContents.Check(list, read, findings) && StaleReads.KnownBefore(read) is { } time)
            {
                CheckAge(read, known, time);
            }
        }

        foreach (IReadOnlyList<HistoryOperation> reads in StaleReads.ByNode(list.Reads.Concat(list.StaleReads).OrderBy(read => read.InvokedAt)))
        {
            CheckDirection(reads);
        }
    }

    private void AddFork(HistoryOperation read, HistoryOperation other)
    {
        string message = $"process {read.Process} saw the elements in another order than process {other.Process}";
        HistoryOperation[] shown = [.. new[] { read, other }.OrderBy(operation => operation.InvokedAt)];
        findings.Add(new Finding("incompatible-order", list.Key, message, shown));
    }

    /// <summary>How long the list certainly was from what time on, and how that is known; the length never falls.</summary>
    private List<(long TimeNs, int Length, HistoryOperation Operation)> Known()
    {
        IEnumerable<(long TimeNs, int Length, HistoryOperation Operation)> appends = list.Appends
            .Where(append => append.Outcome == Outcome.Ok)
            .Select(append => (append.Completion!.TimeNs, (list.PositionOf(ListHistory.ElementOf(append)) ?? list.Order.Count) + 1, append));
        IEnumerable<(long TimeNs, int Length, HistoryOperation Operation)> reads = list.Reads
            .Select(read => (read.Completion!.TimeNs, ListHistory.Seen(read).Count, read));
        var known = new List<(long TimeNs, int Length, HistoryOperation Operation)>();
        foreach ((long time, int length, HistoryOperation operation) in appends.Concat(reads).OrderBy(found => found.TimeNs))
        {
            known.Add(known.Count > 0 && known[^1].Length >= length ? known[^1] with { TimeNs = time } : (time, length, operation));
        }

        return known;
    }

    private void CheckAge(HistoryOperation read, List<(long TimeNs, int Length, HistoryOperation Operation)> known, long before)
    {
        int length = ListHistory.Seen(read).Count;
        int found = known.FindLastIndex(moment => moment.TimeNs < before);
        if (found >= 0 && known[found].Length > length)
        {
            string message = $"process {read.Process} saw {length} elements; more were known longer ago than the bound allows";
            findings.Add(new Finding("too-stale", list.Key, message, [known[found].Operation, read]));
        }
    }

    private void CheckDirection(IReadOnlyList<HistoryOperation> reads)
    {
        for (int i = 1; i < reads.Count; i++)
        {
            (int before, int after) = (ListHistory.Seen(reads[i - 1]).Count, ListHistory.Seen(reads[i]).Count);
            if (after < before)
            {
                string message = $"process {reads[i].Process} saw {after} elements on node {reads[i].Node}, after {before} on the same";
                findings.Add(new Finding("went-back", list.Key, message, [reads[i - 1], reads[i]]));
            }
        }
    }
}
