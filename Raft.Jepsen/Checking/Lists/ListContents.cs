using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Lists;

/// <summary>Finds elements that cannot be in what a read saw.</summary>
internal static class ListContents
{
    /// <summary>Looks at each element. Returns whether all can be there.</summary>
    public static bool Check(ListHistory list, HistoryOperation read, FindingSet findings)
    {
        bool sound = true;
        var met = new HashSet<long>();
        foreach (long element in ListHistory.Seen(read))
        {
            if (Describe(list, read, element, met.Add(element)) is { } finding)
            {
                findings.Add(finding);
                sound = false;
            }
        }

        return sound;
    }

    private static Finding? Describe(ListHistory list, HistoryOperation read, long element, bool isFirst)
    {
        string who = $"process {read.Process} saw {element}";
        HistoryOperation? append = list.AppendOf(element);
        HistoryOperation[] shown = append is null ? [read] : [.. new[] { append, read }.OrderBy(operation => operation.InvokedAt)];
        return !isFirst ? new Finding("duplicate", list.Key, $"{who} more than once; it was appended once", shown)
            : append is null ? new Finding("phantom-value", list.Key, $"{who}, which nobody appended", shown)
            : append.Outcome == Outcome.Fail ? new Finding("failed-append-seen", list.Key, $"{who}, whose append failed", shown)
            : append.InvokedAt > read.EffectiveBy ? new Finding("future-read", list.Key, $"{who} before its append began", shown)
            : null;
    }
}
