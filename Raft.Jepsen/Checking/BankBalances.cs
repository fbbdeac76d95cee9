using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>
/// A bank's reads show one moment: the same accounts and the same total each time, no balance below zero unless that is allowed, and no balance that the
/// transfers which must or may have happened by then cannot lead to. A stale read may be of before the bank was opened.
/// </summary>
internal sealed class BankBalances : IHistoryChecker
{
    public CheckResult Check(History history)
    {
        var findings = new FindingSet();
        var undecided = new List<string>();
        foreach (IGrouping<string, HistoryOperation> key in KeyedOperations.Of(history, KeyKind.Bank))
        {
            if (history.Banks.TryGetValue(key.Key, out BankOpenedEvent? bank))
            {
                Check(bank, [.. key], findings);
            }
            else
            {
                undecided.Add($"bank '{key.Key}': no '{HistoryFields.OpenBank}' line says what its accounts held");
            }
        }

        return new CheckResult("bank balances", findings.ToList(), undecided);
    }

    private static void Check(BankOpenedEvent bank, IReadOnlyList<HistoryOperation> operations, FindingSet findings)
    {
        var transfers = new BankTransfers(bank, operations);
        foreach (HistoryOperation read in operations.Where(operation => operation is { Request.Kind: RequestKind.Read, Outcome: Outcome.Ok }))
        {
            if (MayBeOlder(read, bank))
            {
                continue;
            }

            IReadOnlyDictionary<string, long> seen = (read.Seen as BalancesValue)?.Balances ?? new Dictionary<string, long>();
            Finding? finding = DescribeSum(bank, read, seen);
            if (finding is null && read.Request.Consistency != RequestedConsistency.Stale)
            {
                finding = transfers.Describe(read, seen, read.InvokedAt);
            }

            if (finding is not null)
            {
                findings.Add(finding);
            }
        }
    }

    private static bool MayBeOlder(HistoryOperation read, BankOpenedEvent bank)
        => read.Seen is null && read.Request.Consistency == RequestedConsistency.Stale && (StaleReads.KnownBefore(read) ?? 0) <= bank.TimeNs;

    private static Finding? DescribeSum(BankOpenedEvent bank, HistoryOperation read, IReadOnlyDictionary<string, long> seen)
    {
        IReadOnlyDictionary<string, long> opened = bank.Balances.Balances;
        if (seen.Count != opened.Count || !seen.Keys.All(opened.ContainsKey))
        {
            return new Finding("wrong-accounts", bank.Bank, $"process {read.Process} saw other accounts than the bank has", [read]);
        }

        (long sum, long expected) = (seen.Values.Sum(), opened.Values.Sum());
        if (sum != expected)
        {
            return new Finding("wrong-total", bank.Bank, $"process {read.Process} saw {sum} in all accounts together instead of {expected}", [read]);
        }

        return bank.Overdraft || seen.Values.All(balance => balance >= 0)
            ? null
            : new Finding("negative-balance", bank.Bank, $"process {read.Process} saw {seen.MinBy(account => account.Value).Key} below zero", [read]);
    }
}
