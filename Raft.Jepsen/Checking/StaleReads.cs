using Raft.Jepsen.Checking.Lists;
using Raft.Jepsen.Checking.Registers;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>
/// Stale reads are as fresh as they promise: one with a bound misses nothing that was acknowledged or read longer ago than that before it began. It shows
/// what there was, and one process that reads from one node, as long as that runs, never sees an earlier state than before.
/// </summary>
internal sealed class StaleReads : IHistoryChecker
{
    public CheckResult Check(History history)
    {
        var findings = new FindingSet();
        foreach (IGrouping<string, HistoryOperation> key in KeyedOperations.Of(history, KeyKind.Register))
        {
            new StaleRegisterReads(key.Key, [.. key], findings).Check();
        }

        foreach (IGrouping<string, HistoryOperation> key in KeyedOperations.Of(history, KeyKind.List))
        {
            new StaleListReads(new ListHistory(key.Key, key), findings).Check();
        }

        CheckBanks(history, findings);
        return new CheckResult("stale reads", findings.ToList(), []);
    }

    /// <summary>What must have been there is everything from before this time; <c>null</c> when the read may be of any age.</summary>
    public static long? KnownBefore(HistoryOperation read) => read.Request.BoundNs is { } bound ? read.Invocation.TimeNs - bound : null;

    /// <summary>The reads that one process got from one node, as long as it ran, in their order; a node that is not known is left out.</summary>
    public static IEnumerable<IReadOnlyList<HistoryOperation>> ByNode(IEnumerable<HistoryOperation> reads) => reads
        .Where(read => read.Node is not null)
        .GroupBy(read => (read.Process, read.Node, read.Completion!.NodeRun))
        .Select(IReadOnlyList<HistoryOperation> (group) => [.. group]);

    private static void CheckBanks(History history, FindingSet findings)
    {
        foreach (IGrouping<string, HistoryOperation> key in KeyedOperations.Of(history, KeyKind.Bank))
        {
            if (history.Banks.TryGetValue(key.Key, out BankOpenedEvent? bank))
            {
                CheckBank(history, bank, [.. key], findings);
            }
        }
    }

    private static void CheckBank(History history, BankOpenedEvent bank, IReadOnlyList<HistoryOperation> operations, FindingSet findings)
    {
        var transfers = new BankTransfers(bank, operations);
        foreach (HistoryOperation read in operations.Where(operation => operation.Request.Consistency == RequestedConsistency.Stale))
        {
            long certainBefore = KnownBefore(read) is { } time ? LineAt(history, time) : 0;
            if (read.Seen is BalancesValue seen && seen.Balances.Keys.ToHashSet().SetEquals(bank.Balances.Balances.Keys)
                && transfers.Describe(read, seen.Balances, certainBefore) is { } finding)
            {
                findings.Add(finding with { Anomaly = "too-stale" });
            }
        }
    }

    /// <summary>The first line that is not before a time.</summary>
    private static long LineAt(History history, long timeNs)
    {
        (int low, int high) = (0, history.Events.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = history.Events[middle].TimeNs < timeNs ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
