using Raft.Jepsen.Checking;

namespace Raft.Jepsen.Running;

/// <summary>A broken promise, for the results of a run.</summary>
/// <param name="Anomaly">Its name.</param>
/// <param name="Key">The register, list or bank.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Operations">The operations that show it, one line each.</param>
internal sealed record RunFinding(string Anomaly, string Key, string Message, IReadOnlyList<string> Operations)
{
    public static RunFinding Of(Finding finding)
        => new(finding.Anomaly, finding.Key, finding.Message, [.. finding.Operations.Select(OperationText.Of)]);
}
