using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Health;

/// <summary>Sums up what is known about a node.</summary>
internal static class NodeConditions
{
    /// <summary>The condition of a registered node.</summary>
    public static NodeCondition Of(FleetData fleet, FleetNode node)
    {
        if (node.Health == NodeHealth.Crashed)
        {
            return NodeCondition.Crashed;
        }

        if (node.Control == ControlState.Unreachable)
        {
            return NodeCondition.ControlUnreachable;
        }

        if (ServiceElectorate.Judge(fleet, node.Name) == ServiceState.Down)
        {
            return NodeCondition.ServiceDown;
        }

        return node.Health == NodeHealth.Healthy ? NodeCondition.Healthy : NodeCondition.Unknown;
    }
}
