namespace Raft.Jepsen.Histories;

/// <summary>A bank has these balances before its first operation; nothing else may change their sum.</summary>
/// <param name="Index">Number of the line.</param>
/// <param name="TimeNs">When it was opened.</param>
/// <param name="Bank">The bank's key.</param>
/// <param name="Balances">What its accounts hold.</param>
/// <param name="Overdraft">Balances may become negative; otherwise the store refuses such a transfer.</param>
internal sealed record BankOpenedEvent(long Index, long TimeNs, string Bank, BalancesValue Balances, bool Overdraft) : HistoryEvent(Index, TimeNs);
