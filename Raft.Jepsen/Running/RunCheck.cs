using Raft.Jepsen.Checking;

namespace Raft.Jepsen.Running;

/// <summary>What one checker says of the history of a run, for its results.</summary>
/// <param name="Checker">The checker.</param>
/// <param name="Verdict">What it says.</param>
/// <param name="Findings">What is wrong.</param>
/// <param name="Undecided">What it could not look at, and why.</param>
internal sealed record RunCheck(string Checker, Verdict Verdict, IReadOnlyList<RunFinding> Findings, IReadOnlyList<string> Undecided)
{
    public static RunCheck Of(CheckResult result)
        => new(result.Checker, result.Verdict, [.. result.Findings.Select(RunFinding.Of)], result.Undecided);
}
