using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Registers;

/// <summary>Names what is wrong with few operations that have no order.</summary>
internal sealed class RegisterAnomaly
{
    private readonly RegisterHistory _history;
    private readonly IReadOnlyList<HistoryOperation> _all;
    private readonly IReadOnlyList<RegisterOperation> _example;

    /// <summary>Takes the case.</summary>
    /// <param name="history">What may have happened to the register.</param>
    /// <param name="all">All that was asked of it, also what failed.</param>
    /// <param name="example">The few operations.</param>
    public RegisterAnomaly(RegisterHistory history, IReadOnlyList<HistoryOperation> all, IReadOnlyList<RegisterOperation> example)
    {
        (_history, _all, _example) = (history, all, example);
    }

    public Finding Describe(string key)
    {
        foreach (RegisterOperation observer in _example.Where(operation => !operation.IsBlind && operation.IsRequired))
        {
            if (DescribeImpossibleValue(key, observer) is { } finding)
            {
                return finding;
            }
        }

        if (TwoFromOneValue() is { } twice)
        {
            string seen = twice[0].Source.Request.Value is CasValue { Expected: { } value } ? $"{value}" : "absence";
            return Finding("lost-update", key, $"{twice.Count} compare-and-sets replaced the same {seen}, so all but one of them are lost");
        }

        return _example.MaxBy(operation => operation.Return is long.MaxValue ? -1 : operation.Return) is { IsRead: true } last
            ? Finding("stale-read", key, $"no order of {_example.Count} operations lets the read of process {last.Source.Process} see what it saw")
            : Finding("no-order", key, $"no order of {_example.Count} operations fits what they saw and when they ran");
    }

    /// <summary>What was seen was not written by then; <c>null</c> when it was.</summary>
    private Finding? DescribeImpossibleValue(string key, RegisterOperation observer)
    {
        if (observer.Needs == RegisterOperation.Absent
            || _history.ProducersOf(observer.Needs).Any(place => _history.Operations[place].Call < observer.Return))
        {
            return null;
        }

        long? value = Seen(observer.Source);
        HistoryOperation[] writers = [.. _all.Where(operation => Written(operation) == value)];
        string who = $"process {observer.Source.Process} saw {value}";
        HistoryOperation[] shown = [.. writers.Append(observer.Source).OrderBy(operation => operation.InvokedAt)];
        return writers.Length == 0 ? new Finding("phantom-value", key, $"{who}, which nobody wrote", shown)
            : writers.All(writer => writer.Outcome == Outcome.Fail) ? new Finding("failed-write-seen", key, $"{who}, whose write failed", shown)
            : new Finding("future-read", key, $"{who} before its write began", shown);
    }

    /// <summary>Compare-and-sets that replaced a value which was there once; <c>null</c> when there are none.</summary>
    private IReadOnlyList<RegisterOperation>? TwoFromOneValue() => _example
        .Where(operation => operation is { IsRead: false, IsBlind: false, IsRequired: true })
        .GroupBy(operation => operation.Needs)
        .Where(group => group.Count() > 1 && _history.ProducersOf(group.Key).Count <= 1)
        .Select(IReadOnlyList<RegisterOperation> (group) => [.. group])
        .FirstOrDefault();

    private Finding Finding(string anomaly, string key, string message) => new(anomaly, key, message, [.. _example.Select(operation => operation.Source)]);

    private static long? Seen(HistoryOperation operation) =>
        operation.Request.Value is CasValue cas ? cas.Expected : (operation.Seen as NumberValue)?.Number;

    private static long? Written(HistoryOperation operation) => operation.Request.Value switch
    {
        NumberValue number => number.Number,
        CasValue cas => cas.New,
        _ => null,
    };
}
