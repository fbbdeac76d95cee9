using System.Text.Json.Serialization;
using NexaLoak.Orchestrator.Emulator.Faults;
using NexaLoak.Orchestrator.Emulator.Journal;

namespace NexaLoak.Orchestrator.Emulator.Control;

/// <summary>The JSON of the emulator's own paths.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(FaultRule))]
[JsonSerializable(typeof(FaultState))]
[JsonSerializable(typeof(FaultState[]))]
[JsonSerializable(typeof(ControlError))]
[JsonSerializable(typeof(IReadOnlyList<JournalEntry>))]
internal sealed partial class EmulatorJsonContext : JsonSerializerContext;
