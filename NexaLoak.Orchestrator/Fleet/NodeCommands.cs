using System.Collections.Immutable;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Commands about nodes.</summary>
internal static class NodeCommands
{
    /// <summary>Why the node with the given Raft id may not register like this, or <c>null</c> when it may.</summary>
    public static string? WhyNotRegister(FleetData fleet, RegisterNode register, ulong raftId)
    {
        if (raftId == 0)
        {
            return "0 is not a Raft id.";
        }

        if (!FleetRules.IsName(register.Name))
        {
            return $"A node's name is 1 to {FleetLimits.NameLength} lower-case letters, digits and hyphens.";
        }

        if (!FleetRules.IsAddress(register.Address))
        {
            return "A node's address is an IPv4 address of a single host in dotted form.";
        }

        if (!FleetRules.IsPort(register.ServicePort))
        {
            return "A service port is 1 to 65535.";
        }

        if (!FleetRules.IsText(register.ApiAddress))
        {
            return $"An API address is one line of at most {FleetLimits.TextLength} characters.";
        }

        return WhyTaken(fleet, register, raftId);
    }

    /// <summary>A node registers itself, or a change of its addresses.</summary>
    public static Transition Register(FleetData fleet, RegisterNode register, CommandOrigin origin)
    {
        if (WhyNotRegister(fleet, register, origin.Proposer) is { } reason)
        {
            return Transition.Refused(fleet, reason);
        }

        if (!fleet.Nodes.TryGetValue(register.Name, out FleetNode? known))
        {
            FleetNode added = New(register, origin);
            return Transition.Accepted((fleet with { Nodes = fleet.Nodes.Add(added.Name, added) })
                .WithIncident(IncidentKind.Registered, origin.TimeUnixMs, added.Name, added.Address));
        }

        FleetNode changed = known with
        {
            Address = register.Address,
            ServicePort = (int)register.ServicePort,
            ApiAddress = register.ApiAddress,
        };
        bool moved = changed.Address != known.Address || changed.ServicePort != known.ServicePort;
        return Transition.Accepted(moved
            ? WithoutVerdict(fleet, changed, origin)
            : fleet with { Nodes = fleet.Nodes.SetItem(changed.Name, changed) });
    }

    /// <summary>A node tells what it sees of others' service ports.</summary>
    public static Transition ReportHealth(FleetData fleet, ReportHealth report, CommandOrigin origin)
    {
        if (fleet.NodeByRaftId(origin.Proposer) is not { } observer)
        {
            return Transition.Refused(fleet, $"No node with Raft id {origin.Proposer} is registered.");
        }

        if (report.Sightings.Count > FleetLimits.SightingsPerReport)
        {
            return Transition.Refused(fleet, $"A report has at most {FleetLimits.SightingsPerReport} sightings.");
        }

        ImmutableSortedDictionary<ReportKey, ServiceReport>.Builder reports = fleet.Reports.ToBuilder();
        foreach (ServiceSighting sighting in report.Sightings)
        {
            if (!fleet.Nodes.ContainsKey(sighting.Target))
            {
                return Transition.Refused(fleet, "A sighting is of a node that is not registered.");
            }

            if (sighting.State is not (ServiceState.Up or ServiceState.Down) || !FleetRules.IsTime(sighting.SinceUnixMs))
            {
                return Transition.Refused(fleet, $"The sighting of {sighting.Target} has no valid state or time.");
            }

            reports[new ReportKey(observer.Name, sighting.Target)] = new ServiceReport(sighting.State, sighting.SinceUnixMs);
        }

        return Transition.Accepted(fleet with { Reports = reports.ToImmutable() });
    }

    /// <summary>The leader judges a node.</summary>
    public static Transition Judge(FleetData fleet, JudgeNode verdict, CommandOrigin origin)
    {
        if (!fleet.Nodes.TryGetValue(verdict.Name, out FleetNode? node))
        {
            return Transition.Refused(fleet, "The verdict is on a node that is not registered.");
        }

        if (!IsStep(node.Health, verdict.Health) || !IsStep(node.Control, verdict.Control))
        {
            return Transition.Refused(fleet, $"The verdict on {node.Name} is not one that this version knows.");
        }

        FleetData next = JudgeControl(fleet, node, verdict.Control, origin);
        return Transition.Accepted(JudgeHealth(next, next.Nodes[node.Name], verdict.Health, origin));
    }

    private static string? WhyTaken(FleetData fleet, RegisterNode register, ulong raftId)
    {
        if (fleet.Nodes.TryGetValue(register.Name, out FleetNode? namesake) && namesake.RaftId != raftId)
        {
            return $"The name {register.Name} belongs to the node with Raft id {namesake.RaftId}.";
        }

        if (fleet.NodeByRaftId(raftId) is { } self && self.Name != register.Name)
        {
            return $"The node with Raft id {raftId} is registered as {self.Name}.";
        }

        if (fleet.NodeByAddress(register.Address) is { } neighbour && neighbour.Name != register.Name)
        {
            return $"The address {register.Address} belongs to node {neighbour.Name}.";
        }

        return fleet.Nodes.Count >= FleetLimits.Nodes && !fleet.Nodes.ContainsKey(register.Name)
            ? $"The fleet has {FleetLimits.Nodes} nodes, which is the limit."
            : null;
    }

    private static FleetNode New(RegisterNode register, CommandOrigin origin) => new()
    {
        Name = register.Name,
        RaftId = origin.Proposer,
        Address = register.Address,
        ServicePort = (int)register.ServicePort,
        ApiAddress = register.ApiAddress,
        RegisteredUnixMs = origin.TimeUnixMs,
    };

    // What is known about the service was true of another endpoint.
    private static FleetData WithoutVerdict(FleetData fleet, FleetNode moved, CommandOrigin origin) => fleet with
    {
        Nodes = fleet.Nodes.SetItem(moved.Name, moved with { Health = NodeHealth.Unknown, HealthSinceUnixMs = origin.TimeUnixMs }),
        Reports = fleet.Reports.RemoveRange(fleet.Reports.Keys.Where(key => key.Target == moved.Name)),
    };

    private static FleetData JudgeControl(FleetData fleet, FleetNode node, ControlState control, CommandOrigin origin)
    {
        if (control == node.Control)
        {
            return fleet;
        }

        FleetNode judged = node with { Control = control, ControlSinceUnixMs = origin.TimeUnixMs, ControlTerm = origin.Term };
        FleetData next = fleet with { Nodes = fleet.Nodes.SetItem(node.Name, judged) };
        if (control == ControlState.Unreachable)
        {
            // What the node reported can't be corrected any more; once it is back it reports anew.
            next = next with { Reports = next.Reports.RemoveRange(next.Reports.Keys.Where(key => key.Observer == node.Name)) };
            return next.WithIncident(IncidentKind.ControlLost, origin.TimeUnixMs, node.Name, node.Address);
        }

        return node.Control == ControlState.Unknown
            ? next
            : next.WithIncident(IncidentKind.ControlRestored, origin.TimeUnixMs, node.Name, node.Address);
    }

    private static FleetData JudgeHealth(FleetData fleet, FleetNode node, NodeHealth health, CommandOrigin origin)
    {
        if (health == node.Health)
        {
            return fleet;
        }

        IncidentKind kind = (node.Health, health) switch
        {
            (_, NodeHealth.Crashed) => IncidentKind.Crashed,
            (NodeHealth.Crashed, _) => IncidentKind.Recovered,
            _ => IncidentKind.Healthy,
        };
        FleetNode judged = node with { Health = health, HealthSinceUnixMs = origin.TimeUnixMs };
        return (fleet with { Nodes = fleet.Nodes.SetItem(node.Name, judged) }).WithIncident(kind, origin.TimeUnixMs, node.Name, node.Address);
    }

    private static bool IsStep(NodeHealth from, NodeHealth to) => to == from || to is NodeHealth.Healthy or NodeHealth.Crashed;

    private static bool IsStep(ControlState from, ControlState to) => to == from || to is ControlState.Reachable or ControlState.Unreachable;
}
