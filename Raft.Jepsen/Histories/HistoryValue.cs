namespace Raft.Jepsen.Histories;

/// <summary>What an operation carries or returns; <c>null</c> stands for what is absent.</summary>
internal abstract record HistoryValue;
