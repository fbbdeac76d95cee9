using System.Text.Json;
using System.Text.Json.Serialization;

namespace NexaLoak.Orchestrator.Emulator.Faults;

/// <summary>Kinds of faults in JSON: <c>hang-before</c> and so on.</summary>
internal sealed class FaultKindConverter() : JsonStringEnumConverter<FaultKind>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);
