using System.Text.Json;
using NexaLoak.Orchestrator.Configuration;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Health;
using NexaLoak.Orchestrator.Protos;
using Raft.Core.Membership;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Api;

/// <summary>Puts together what this node knows, for the API. Safe to use from any thread.</summary>
internal sealed class StatusReader(NodeConfiguration configuration, IRaft raft, FleetState state, TimeProvider time)
{
    private static readonly string Version = typeof(StatusReader).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private readonly long _started = time.GetTimestamp();

    /// <summary>The node and the fleet as of now.</summary>
    public NodeStatus Read()
    {
        RaftStatus status = raft.Status;
        FleetView view = state.View;
        return new NodeStatus
        {
            Cluster = configuration.Cluster,
            Node = configuration.Self.Name,
            Version = Version,
            UptimeSeconds = Math.Round(time.GetElapsedTime(_started).TotalSeconds, 1),
            Role = Word(status.Role),
            Term = status.Term,
            Leader = NameOf(status.Leader),
            LastIndex = status.LastIndex,
            CommitIndex = status.CommitIndex,
            AppliedIndex = status.AppliedIndex,
            BaseIndex = status.BaseIndex,
            SnapshotIndex = status.SnapshotIndex,
            State = new StateStatus(view.AppliedIndex, view.StateHash),
            Nodes = Nodes(view.Fleet),
            Domain = Domain(view.Fleet),
            Operations = [.. view.Fleet.Operations.Values.Select(Operation)],
            Failure = status.Failure?.Message,
        };
    }

    /// <summary>Every registered node, by name.</summary>
    public IReadOnlyList<FleetNodeStatus> ReadNodes() => Nodes(state.View.Fleet);

    /// <summary>The newest incidents, the newest last.</summary>
    public IReadOnlyList<IncidentStatus> ReadIncidents() =>
    [
        .. state.View.Fleet.Incidents.Select(incident => new IncidentStatus(
            incident.Number,
            DateTimeOffset.FromUnixTimeMilliseconds(incident.TimeUnixMs),
            Word(incident.Kind),
            incident.Node,
            incident.Address)),
    ];

    private static FleetNodeStatus[] Nodes(FleetData fleet) => [.. fleet.Nodes.Values.Select(node => new FleetNodeStatus
    {
        Name = node.Name,
        RaftId = node.RaftId,
        Address = node.Address,
        ServicePort = node.ServicePort,
        Api = node.ApiAddress,
        Condition = Word(NodeConditions.Of(fleet, node)),
        Health = Word(node.Health),
        HealthSince = Moment(node.HealthSinceUnixMs),
        Control = Word(node.Control),
        ServiceUp = Observers(fleet, node.Name, ServiceState.Up),
        ServiceDown = Observers(fleet, node.Name, ServiceState.Down),
        Published = fleet.Published.ContainsKey(node.Address),
    })];

    private static string[] Observers(FleetData fleet, string target, ServiceState seen) =>
    [
        .. from report in fleet.Reports
           where report.Key.Target == target && report.Value.State == seen
           select report.Key.Observer,
    ];

    private static OperationStatus Operation(Operation operation) => new(
        operation.Id,
        Word(operation.Subject.Kind),
        operation.Subject.Node,
        operation.Subject.Address,
        Word(operation.State),
        operation.Term,
        operation.Attempt,
        DateTimeOffset.FromUnixTimeMilliseconds(operation.ChangedUnixMs),
        NullIfEmpty(operation.Note));

    private static DateTimeOffset? Moment(long unixMs) => unixMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(unixMs);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string Word<T>(T value)
        where T : struct, Enum
        => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private DomainReport Domain(FleetData fleet) => new(
        configuration.Dns.Domain,
        [.. fleet.Published.Keys],
        Moment(fleet.Domain.ListedUnixMs),
        NullIfEmpty(fleet.Domain.Frozen),
        NullIfEmpty(fleet.Domain.Error));

    private string? NameOf(NodeId id) => configuration.Members.FirstOrDefault(member => member.Id == id)?.Name;
}
