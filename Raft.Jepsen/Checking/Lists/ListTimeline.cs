using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Lists;

/// <summary>
/// Compares the order that a list's longest read tells with real time: nothing that comes later in it may have ended before something that comes earlier
/// had begun. If so, points in time can be chosen for all operations, and the list is linearizable.
/// </summary>
internal sealed class ListTimeline(ListHistory list, FindingSet findings)
{
    public void Check()
    {
        HistoryOperation? newest = null;
        foreach (IGrouping<int, HistoryOperation> step in Steps().GroupBy(step => step.Level, step => step.Operation).OrderBy(step => step.Key))
        {
            foreach (HistoryOperation later in step)
            {
                if (newest is not null && later.EffectiveBy < newest.InvokedAt)
                {
                    findings.Add(Describe(newest, later));
                }
            }

            newest = step.Append(newest!).Where(operation => operation is not null).MaxBy(operation => operation.InvokedAt);
        }
    }

    /// <summary>
    /// The appends in order, behind each of them the reads that saw it last, and at the end the acknowledged appends that no read saw.
    /// </summary>
    private IEnumerable<(int Level, HistoryOperation Operation)> Steps()
    {
        foreach (HistoryOperation append in list.Appends)
        {
            if (list.PositionOf(ListHistory.ElementOf(append)) is { } position)
            {
                yield return ((2 * position) + 1, append);
            }
            else if (append.Outcome == Outcome.Ok)
            {
                yield return (int.MaxValue, append);
            }
        }

        foreach (HistoryOperation read in list.Reads)
        {
            yield return (2 * ListHistory.Seen(read).Count, read);
        }
    }

    /// <summary>
    /// Names what is wrong when <paramref name="earlier"/> comes first by what was seen, and began after <paramref name="later"/> had ended.
    /// </summary>
    private Finding Describe(HistoryOperation earlier, HistoryOperation later)
    {
        bool earlierReads = earlier.Request.Kind == RequestKind.Read;
        bool laterReads = later.Request.Kind == RequestKind.Read;
        (string anomaly, string message) = (earlierReads, laterReads) switch
        {
            (true, true) => ("stale-read",
                $"process {earlier.Process} saw {Length(earlier)} elements after process {later.Process} had seen {Length(later)}"),
            (true, false) => IsLost(later)
                ? ("lost-append", $"{Element(later)} was acknowledged, and no read saw it; process {earlier.Process} should have")
                : ("stale-read", $"process {earlier.Process} did not see {Element(later)}, which was acknowledged before"),
            (false, true) => ("future-read", $"process {later.Process} saw {Element(earlier)} before its append began"),
            (false, false) => IsLost(later)
                ? ("lost-append", $"{Element(later)} was acknowledged before the append of {Element(earlier)} began, and is not before it in the list")
                : ("reordered", $"{Element(later)} was acknowledged before the append of {Element(earlier)} began, and comes behind it in the list"),
        };
        return new Finding(anomaly, list.Key, message, [later, earlier]);
    }

    /// <summary>No read saw an append.</summary>
    private bool IsLost(HistoryOperation append) => list.PositionOf(Element(append)) is null;

    private static long Element(HistoryOperation append) => ListHistory.ElementOf(append);

    private static int Length(HistoryOperation read) => ListHistory.Seen(read).Count;
}
