using Raft.Jepsen.Checking.Lists;
using Raft.Jepsen.Checking.Registers;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>Judges a whole history: each part of it by the checkers for what it promises.</summary>
/// <param name="stepsPerKey">Steps that the search for an order may take for each register before it gives up.</param>
internal sealed class HistoryChecker(long stepsPerKey = HistoryChecker.DefaultStepsPerKey)
{
    /// <summary>Some seconds, and less than a gibibyte.</summary>
    public const long DefaultStepsPerKey = 5_000_000;

    public HistoryVerdict Check(History history)
    {
        IHistoryChecker[] checkers =
        [
            new RegisterLinearizability(stepsPerKey), new ListLinearizability(), new BankBalances(),
            new SessionReplies(), new StaleReads(), new FinalReads(),
        ];
        CheckResult[] results = [.. checkers.Select(checker => checker.Check(history))];
        return history.Operations.Any(operation => operation.Outcome == Outcome.Ok)
            ? new HistoryVerdict(results)
            : new HistoryVerdict([.. results, new CheckResult("contents", [], ["no operation succeeded, so nothing is shown"])]);
    }
}
