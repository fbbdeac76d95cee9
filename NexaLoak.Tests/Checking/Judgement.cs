using Raft.Jepsen.Checking;

namespace NexaLoak.Tests.Checking;

/// <summary>What all checkers say of a history in short notation.</summary>
internal static class Judgement
{
    /// <summary>All anomalies that are found, each with the checker that found it; what is not decided counts as one.</summary>
    public static IEnumerable<string> Of(params string[] lines) => new HistoryChecker().Check(HistoryText.Parse(lines)).Results.SelectMany(result =>
        result.Findings.Select(finding => $"{result.Checker}: {finding.Anomaly}").Concat(result.Undecided.Select(_ => $"{result.Checker}: undecided")));

    /// <summary>The operations that show the first anomaly, as they are printed.</summary>
    public static IEnumerable<string> Shown(params string[] lines) => new HistoryChecker().Check(HistoryText.Parse(lines)).Results
        .SelectMany(result => result.Findings).First().Operations.Select(OperationText.Of);
}
