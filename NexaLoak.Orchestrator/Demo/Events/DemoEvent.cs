using System.Text.Json.Serialization;

namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>Something that happened in the demo; one JSON object a line.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(ReadyEvent), "ready")]
[JsonDerivedType(typeof(KilledEvent), "killed")]
[JsonDerivedType(typeof(RestartedEvent), "restarted")]
[JsonDerivedType(typeof(LeaderEvent), "leader")]
[JsonDerivedType(typeof(DnsEvent), "dns")]
[JsonDerivedType(typeof(AssignedEvent), "assigned")]
[JsonDerivedType(typeof(UnassignedEvent), "unassigned")]
[JsonDerivedType(typeof(ScenarioEvent), "scenario")]
[JsonDerivedType(typeof(ResultEvent), "result")]
internal abstract record DemoEvent
{
    /// <summary>When it was noticed.</summary>
    [JsonPropertyOrder(-1)]
    public DateTimeOffset Time { get; } = DateTimeOffset.UtcNow;

    /// <summary>The event in one line for people.</summary>
    public abstract override string ToString();
}
