namespace Raft.Jepsen.Checking;

/// <summary>What one checker has found.</summary>
/// <param name="Checker">The checker's name.</param>
/// <param name="Findings">Broken promises.</param>
/// <param name="Undecided">What it could not look at, and why, one sentence each.</param>
internal sealed record CheckResult(string Checker, IReadOnlyList<Finding> Findings, IReadOnlyList<string> Undecided)
{
    public Verdict Verdict => Findings.Count > 0 ? Verdict.Invalid : Undecided.Count > 0 ? Verdict.Unknown : Verdict.Valid;
}
