using Raft.Jepsen.Checking;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Simulation;

/// <summary>What the checkers say of the history of a simulated run.</summary>
/// <param name="Operations">How many operations ended how.</param>
/// <param name="IsUndecided">Nothing is wrong, and some part of it could not be judged.</param>
/// <param name="Failure">The first broken promise; <c>null</c> when there is none.</param>
internal sealed record HistoryJudgement(IReadOnlyDictionary<Outcome, long> Operations, bool IsUndecided, PropertyViolationException? Failure)
{
    public static HistoryJudgement Of(History history)
    {
        HistoryVerdict verdict = new HistoryChecker().Check(history);
        return new HistoryJudgement(
            history.Operations.GroupBy(operation => operation.Outcome).ToDictionary(group => group.Key, group => group.LongCount()),
            verdict.Verdict == Verdict.Unknown,
            verdict.Findings.FirstOrDefault() is { } finding ? new PropertyViolationException($"H {finding.Anomaly}", finding.ToString()) : null);
    }
}
