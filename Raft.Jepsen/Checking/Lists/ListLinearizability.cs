using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Lists;

/// <summary>
/// Each list is linearizable. A list tells the order of its appends itself, so no search is needed (Kingsbury and Alvaro's Elle, 2020): all reads must be
/// beginnings of the longest one, and real time must not contradict the order.
/// </summary>
internal sealed class ListLinearizability : IHistoryChecker
{
    public CheckResult Check(History history)
    {
        var findings = new FindingSet();
        foreach (IGrouping<string, HistoryOperation> key in KeyedOperations.Of(history, KeyKind.List))
        {
            Check(new ListHistory(key.Key, key), findings);
        }

        return new CheckResult("linearizable lists", findings.ToList(), []);
    }

    private static void Check(ListHistory list, FindingSet findings)
    {
        bool sound = list.Reads.Count == 0 || ListContents.Check(list, list.Longest!, findings);
        foreach (HistoryOperation read in list.Reads.Where(read => !list.FitsOrder(read)))
        {
            sound = false;
            if (ListContents.Check(list, read, findings))
            {
                findings.Add(new Finding("incompatible-order", list.Key, DescribeFork(list, read), [.. Ordered(read, list.Longest!)]));
            }
        }

        if (sound)
        {
            new ListTimeline(list, findings).Check();
        }
    }

    private static string DescribeFork(ListHistory list, HistoryOperation read)
    {
        IReadOnlyList<long> seen = ListHistory.Seen(read);
        int place = 0;
        while (seen[place] == list.Order[place])
        {
            place++;
        }

        return $"process {read.Process} saw {seen[place]} in place {place + 1}, and process {list.Longest!.Process} saw {list.Order[place]} there";
    }

    private static IEnumerable<HistoryOperation> Ordered(params HistoryOperation[] operations) => operations.OrderBy(operation => operation.InvokedAt);
}
