using System.Collections.Immutable;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>The replicated state. Immutable, and every collection is ordered, so that equal states have equal bytes.</summary>
internal sealed record FleetData
{
    /// <summary>Before the first command.</summary>
    public static FleetData Empty { get; } = new();

    /// <summary>Registered nodes by name.</summary>
    public ImmutableSortedDictionary<string, FleetNode> Nodes { get; init; } =
        ImmutableSortedDictionary.Create<string, FleetNode>(StringComparer.Ordinal);

    /// <summary>What nodes see of each other's service ports; without the reports of nodes that the leader does not hear, which may be outdated.</summary>
    public ImmutableSortedDictionary<ReportKey, ServiceReport> Reports { get; init; } = ImmutableSortedDictionary<ReportKey, ServiceReport>.Empty;

    /// <summary>The records of this cluster that the domain is believed to hold, by address.</summary>
    public ImmutableSortedDictionary<string, PublishedAddress> Published { get; init; } =
        ImmutableSortedDictionary.Create<string, PublishedAddress>(StringComparer.Ordinal);

    /// <summary>Operations by generation: all unfinished ones, and the newest finished ones.</summary>
    public ImmutableSortedDictionary<ulong, Operation> Operations { get; init; } = ImmutableSortedDictionary<ulong, Operation>.Empty;

    /// <summary>Operations ever begun.</summary>
    public ulong OperationsBegun { get; init; }

    /// <summary>The newest incidents, oldest first.</summary>
    public ImmutableList<Incident> Incidents { get; init; } = [];

    /// <summary>Incidents ever: the number of the newest.</summary>
    public ulong IncidentsSeen { get; init; }

    /// <summary>How the leader fares with the domain.</summary>
    public DomainStatus Domain { get; init; } = DomainStatus.Unknown;

    /// <summary>The node with the given Raft id, or <c>null</c>.</summary>
    public FleetNode? NodeByRaftId(ulong raftId) => Nodes.Values.FirstOrDefault(node => node.RaftId == raftId);

    /// <summary>The node that has the given public address, or <c>null</c>.</summary>
    public FleetNode? NodeByAddress(string address) => Nodes.Values.FirstOrDefault(node => node.Address == address);

    /// <summary>The unfinished operation on a subject, or <c>null</c>.</summary>
    public Operation? UnfinishedOn(OperationSubject subject) =>
        Operations.Values.FirstOrDefault(operation => operation.IsUnfinished && operation.Subject == subject);

    /// <summary>Adds an incident and drops the oldest ones past the limit.</summary>
    public FleetData WithIncident(IncidentKind kind, long timeUnixMs, string node, string address)
    {
        ulong number = IncidentsSeen + 1;
        ImmutableList<Incident> incidents = Incidents.Add(new Incident(number, timeUnixMs, kind, node, address));
        return this with
        {
            Incidents = incidents.Count > FleetLimits.Incidents ? incidents.RemoveAt(0) : incidents,
            IncidentsSeen = number,
        };
    }
}
