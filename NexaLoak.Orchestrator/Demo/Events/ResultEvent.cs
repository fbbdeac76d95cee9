using System.Text.Json.Serialization;

namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>The last event of a run.</summary>
/// <param name="Ok">Whether every scenario did what it had to.</param>
/// <param name="UnassignMs">Milliseconds from the kill of a node to its address having left DNS, the latest for each node.</param>
/// <param name="Error">What went wrong; <c>null</c> when all is well.</param>
internal sealed record ResultEvent(
    bool Ok,
    IReadOnlyDictionary<string, long> UnassignMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error) : DemoEvent
{
    /// <inheritdoc/>
    public override string ToString() => Ok ? "result: ok" : $"result: FAILED: {Error}";
}
