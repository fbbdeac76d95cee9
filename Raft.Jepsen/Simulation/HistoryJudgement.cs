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
            FirstFailure(verdict));
    }

    /// <summary>The property is the checker, so that a smaller scenario may show it by another anomaly.</summary>
    private static PropertyViolationException? FirstFailure(HistoryVerdict verdict)
        => verdict.Results.FirstOrDefault(result => result.Findings.Count > 0) is { } result
            ? new PropertyViolationException($"H {result.Checker}", result.Findings[0].ToString())
            : null;
}
