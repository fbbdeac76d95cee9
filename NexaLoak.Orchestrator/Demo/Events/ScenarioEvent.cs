using System.Text.Json.Serialization;

namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>A scenario has ended.</summary>
/// <param name="Name">The scenario.</param>
/// <param name="Ok">Whether everything happened that had to.</param>
/// <param name="Error">What did not; <c>null</c> when all is well.</param>
internal sealed record ScenarioEvent(
    string Name,
    bool Ok,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error) : DemoEvent
{
    /// <inheritdoc/>
    public override string ToString() => Ok ? $"scenario {Name}: ok" : $"scenario {Name}: FAILED: {Error}";
}
