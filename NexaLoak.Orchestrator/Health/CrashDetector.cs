using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;
using Raft.Core.Consensus;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Health;

/// <summary>Decides which nodes crashed: a pure function of the replicated reports and of the leader's view of its peers.</summary>
internal static class CrashDetector
{
    private const int GraceFactor = 2;

    /// <summary>How the leader sees every registered node. Empty unless <paramref name="status"/> is a leader's.</summary>
    public static IReadOnlyList<NodeSighting> Look(FleetData fleet, RaftStatus status, HealthOptions options)
    {
        if (status.Role != Role.Leader)
        {
            return [];
        }

        Dictionary<ulong, PeerStatus> peers = status.Peers.ToDictionary(peer => peer.Id.Value);
        return [.. fleet.Nodes.Values.Select(node => new NodeSighting(node, Control(node), ServiceElectorate.Judge(fleet, node.Name, IsLive)))];

        bool IsLive(FleetNode node) => Control(node) == ControlState.Reachable;

        ControlState Control(FleetNode node)
        {
            if (node.RaftId == status.Id.Value)
            {
                return ControlState.Reachable;
            }

            if (!peers.TryGetValue(node.RaftId, out PeerStatus? peer) || (peer.SinceContact ?? status.LeadingFor) >= options.ContactTimeout)
            {
                return ControlState.Unreachable;
            }

            return peer.SinceContact is null ? ControlState.Unknown : ControlState.Reachable;
        }
    }

    /// <summary>True while a new leader must not judge anybody by silence: it has no history to go by yet.</summary>
    public static bool InGrace(RaftStatus status, HealthOptions options) => status.LeadingFor < GraceFactor * options.ContactTimeout;

    /// <summary>The verdict on a node, or <c>null</c> when it stands as it is.</summary>
    /// <param name="sighting">The node as the leader sees it.</param>
    /// <param name="inGrace">Whether silence may not be held against it.</param>
    /// <param name="wellFor">How long <see cref="NodeSighting.IsWell"/> has held without a break.</param>
    /// <param name="options">The times that matter.</param>
    public static JudgeNode? Judge(NodeSighting sighting, bool inGrace, TimeSpan wellFor, HealthOptions options)
    {
        FleetNode node = sighting.Node;
        bool silent = sighting.Control == ControlState.Unreachable && !inGrace;
        ControlState control = silent || sighting.Control == ControlState.Reachable ? sighting.Control : node.Control;
        NodeHealth health = node.Health;
        if (silent && sighting.Service == ServiceState.Down)
        {
            health = NodeHealth.Crashed;
        }
        else if (sighting.IsWell && (health == NodeHealth.Unknown || wellFor >= options.RecoveryTime))
        {
            health = NodeHealth.Healthy;
        }

        return health == node.Health && control == node.Control ? null : new JudgeNode { Name = node.Name, Control = control, Health = health };
    }
}
