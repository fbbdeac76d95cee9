using System.Text.Json;
using System.Text.Json.Serialization;

namespace NexaLoak.Orchestrator.Api;

/// <summary>The JSON of the status API, the same for the node that writes it and the commands that read it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(IReadOnlyList<FleetNodeStatus>))]
[JsonSerializable(typeof(IReadOnlyList<IncidentStatus>))]
internal sealed partial class ApiJson : JsonSerializerContext;
