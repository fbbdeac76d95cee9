using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>What one node sees of another's service port.</summary>
/// <param name="State">Up or down.</param>
/// <param name="SinceUnixMs">Since when, by the observer's clock.</param>
internal sealed record ServiceReport(ServiceState State, long SinceUnixMs);
