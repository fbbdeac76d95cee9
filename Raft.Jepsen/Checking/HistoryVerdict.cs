namespace Raft.Jepsen.Checking;

/// <summary>What all checkers together say of a history.</summary>
internal sealed record HistoryVerdict(IReadOnlyList<CheckResult> Results)
{
    /// <summary>The worst of them.</summary>
    public Verdict Verdict => Results.Max(result => result.Verdict);
}
