namespace Raft.Jepsen.Histories;

/// <summary>The balances of all accounts of a bank, by name.</summary>
internal sealed record BalancesValue(IReadOnlyDictionary<string, long> Balances) : HistoryValue;
