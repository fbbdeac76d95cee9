using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>A broken promise.</summary>
/// <param name="Anomaly">Its name, such as <c>stale-read</c>.</param>
/// <param name="Key">The register, list or bank.</param>
/// <param name="Message">What is wrong, in one sentence.</param>
/// <param name="Operations">The operations that show it, as few as were found, in the order of their beginnings.</param>
internal sealed record Finding(string Anomaly, string Key, string Message, IReadOnlyList<HistoryOperation> Operations)
{
    /// <summary>For people, over several lines.</summary>
    public override string ToString()
        => $"{Anomaly} on {Key}: {Message}{string.Concat(Operations.Select(operation => $"\n    {OperationText.Of(operation)}"))}";
}
