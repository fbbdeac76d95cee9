using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Health;

/// <summary>A node as the leader sees it at one instant.</summary>
/// <param name="Node">The node, with the verdicts so far.</param>
/// <param name="Control">Whether the leader has heard it lately.</param>
/// <param name="Service">What a majority of the nodes that the leader hears says about its service port.</param>
internal sealed record NodeSighting(FleetNode Node, ControlState Control, ServiceState Service)
{
    /// <summary>Heard, and serving.</summary>
    public bool IsWell => Control == ControlState.Reachable && Service == ServiceState.Up;
}
