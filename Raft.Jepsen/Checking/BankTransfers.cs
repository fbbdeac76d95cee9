using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>The transfers of a bank, and what they can have led to by the time of a read.</summary>
internal sealed class BankTransfers
{
    private const int MostShown = 8;

    private readonly BankOpenedEvent _bank;
    private readonly string[] _accounts;
    private readonly HistoryOperation[] _transfers;
    private readonly (int From, int To, long Amount)[] _changes;

    /// <summary>Takes all that was asked of a bank.</summary>
    public BankTransfers(BankOpenedEvent bank, IReadOnlyList<HistoryOperation> operations)
    {
        _bank = bank;
        _accounts = [.. bank.Balances.Balances.Keys.Order(StringComparer.Ordinal)];
        _transfers = [.. operations.Where(operation => operation.Request.Kind == RequestKind.Transfer && operation.Outcome != Outcome.Fail)];
        _changes =
        [
            .. _transfers.Select(operation => (TransferValue)operation.Request.Value!)
                .Select(transfer => (Array.IndexOf(_accounts, transfer.From), Array.IndexOf(_accounts, transfer.To), transfer.Amount)),
        ];
    }

    /// <summary>Says what is wrong with what a read saw; <c>null</c> when nothing is.</summary>
    /// <param name="read">The read.</param>
    /// <param name="seen">What it saw, of all accounts.</param>
    /// <param name="certainBefore">It must not miss what was acknowledged before this line.</param>
    public Finding? Describe(HistoryOperation read, IReadOnlyDictionary<string, long> seen, long certainBefore)
    {
        (long[] least, long[] most) = Range(read, certainBefore);
        for (int i = 0; i < _accounts.Length; i++)
        {
            string account = _accounts[i];
            if (seen[account] < least[i] || seen[account] > most[i])
            {
                string range = least[i] == most[i] ? $"{least[i]}" : $"from {least[i]} to {most[i]}";
                string message = $"process {read.Process} saw {seen[account]} in {account}; transfers that must or may have happened allow {range}";
                return new Finding("impossible-balance", _bank.Bank, message, [.. Newest(i, read).Append(read)]);
            }
        }

        return null;
    }

    /// <summary>What each account can hold: nobody knows whether transfers count that were under way or have an unknown outcome.</summary>
    private (long[] Least, long[] Most) Range(HistoryOperation read, long certainBefore)
    {
        long[] least = [.. _accounts.Select(account => _bank.Balances.Balances[account])];
        long[] most = [.. least];
        for (int i = 0; i < _transfers.Length && _transfers[i].InvokedAt < read.EffectiveBy; i++)
        {
            bool isCertain = _transfers[i].EffectiveBy < certainBefore;
            (int from, int to, long amount) = _changes[i];
            Add(from, -amount, isCertain);
            Add(to, amount, isCertain);
        }

        return (least, most);

        void Add(int account, long amount, bool isCertain)
        {
            if (account >= 0)
            {
                least[account] += isCertain ? amount : Math.Min(0, amount);
                most[account] += isCertain ? amount : Math.Max(0, amount);
            }
        }
    }

    private IEnumerable<HistoryOperation> Newest(int account, HistoryOperation read) => _transfers
        .Where((transfer, i) => transfer.InvokedAt < read.EffectiveBy && (_changes[i].From == account || _changes[i].To == account))
        .TakeLast(MostShown);
}
