namespace Raft.Jepsen.Checking;

/// <summary>What all checkers together say of a history.</summary>
internal sealed record HistoryVerdict(IReadOnlyList<CheckResult> Results)
{
    /// <summary>The worst of them.</summary>
    public Verdict Verdict => Results.Max(result => result.Verdict);

    /// <summary>All broken promises.</summary>
    public IEnumerable<Finding> Findings => Results.SelectMany(result => result.Findings);

    /// <summary>All that could not be looked at, each with the checker before it.</summary>
    public IEnumerable<string> Undecided => Results.SelectMany(result => result.Undecided.Select(problem => $"{result.Checker}: {problem}"));
}
