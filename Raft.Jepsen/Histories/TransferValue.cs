namespace Raft.Jepsen.Histories;

/// <summary>A movement from one account to another.</summary>
internal sealed record TransferValue(string From, string To, long Amount) : HistoryValue;
