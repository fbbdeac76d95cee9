using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>What the simulated store answers.</summary>
internal sealed record SimulatedReply(bool Happened, HistoryValue? Seen, string? Reply);
