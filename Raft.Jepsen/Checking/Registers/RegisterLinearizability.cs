using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Registers;

/// <summary>
/// Each register is linearizable: there is an order of its operations in which each sees what the one before left, and which agrees with their real times.
/// What is so for each key is so for all (Herlihy and Wing, 1990).
/// </summary>
/// <param name="steps">Steps that the search may take for each key before it gives up.</param>
internal sealed class RegisterLinearizability(long steps) : IHistoryChecker
{
    /// <summary>Of the steps, reducing a counter-example may take so many times as many.</summary>
    private const int ReductionFactor = 4;

    public CheckResult Check(History history)
    {
        var findings = new List<Finding>();
        var undecided = new List<string>();
        foreach (IGrouping<string, HistoryOperation> key in KeyedOperations.Of(history, KeyKind.Register))
        {
            HistoryOperation[] all = [.. key];
            RegisterHistory register = RegisterHistory.Of(all);
            switch (RegisterSearch.Run(register, new SearchBudget(steps)))
            {
                case Verdict.Invalid:
                    RegisterHistory example = new CounterExample(new SearchBudget(steps * ReductionFactor)).Reduce(register);
                    findings.Add(new RegisterAnomaly(register, all, example.Operations).Describe(key.Key));
                    break;
                case Verdict.Unknown:
                    undecided.Add($"key '{key.Key}': {register.Operations.Count} operations are not decided after {steps} steps");
                    break;
                default:
                    break;
            }
        }

        return new CheckResult("linearizable registers", findings, undecided);
    }
}
