using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>
/// Turns a view into a <see cref="FleetSnapshot"/> and back. Its lists are ordered and it has no maps, so equal views have equal bytes.
/// </summary>
internal static class FleetSnapshotCodec
{
    /// <summary>All of a view.</summary>
    public static FleetSnapshot Encode(FleetView view)
    {
        FleetData fleet = view.Fleet;
        var snapshot = new FleetSnapshot
        {
            AppliedIndex = view.AppliedIndex,
            OperationsBegun = fleet.OperationsBegun,
            IncidentsSeen = fleet.IncidentsSeen,
            Domain = new DomainStateRecord { ListedUnixMs = fleet.Domain.ListedUnixMs, Frozen = fleet.Domain.Frozen, Error = fleet.Domain.Error },
        };
        snapshot.Nodes.AddRange(fleet.Nodes.Values.Select(Record));
        snapshot.Reports.AddRange(fleet.Reports.Select(report => Record(report.Key, report.Value)));
        snapshot.Published.AddRange(fleet.Published.Select(published => Record(published.Key, published.Value)));
        snapshot.Operations.AddRange(fleet.Operations.Values.Select(Record));
        snapshot.Incidents.AddRange(fleet.Incidents.Select(Record));
        return snapshot;
    }

    /// <summary>The view that <see cref="Encode"/> was given.</summary>
    public static FleetView Decode(FleetSnapshot snapshot) => new(snapshot.AppliedIndex, new FleetData
    {
        Nodes = FleetData.Empty.Nodes.AddRange(snapshot.Nodes.Select(node => KeyValuePair.Create(node.Name, Node(node)))),
        Reports = FleetData.Empty.Reports.AddRange(snapshot.Reports.Select(report => KeyValuePair.Create(
            new ReportKey(report.Observer, report.Target), new ServiceReport(report.State, report.SinceUnixMs)))),
        Published = FleetData.Empty.Published.AddRange(snapshot.Published.Select(published => KeyValuePair.Create(
            published.Address, new PublishedAddress(published.Node, published.Term)))),
        Operations = FleetData.Empty.Operations.AddRange(snapshot.Operations.Select(operation => KeyValuePair.Create(
            operation.Generation, Operation(operation)))),
        OperationsBegun = snapshot.OperationsBegun,
        Incidents = [.. snapshot.Incidents.Select(Incident)],
        IncidentsSeen = snapshot.IncidentsSeen,
        Domain = new DomainStatus(snapshot.Domain.ListedUnixMs, snapshot.Domain.Frozen, snapshot.Domain.Error),
    });

    private static NodeRecord Record(FleetNode node) => new()
    {
        Name = node.Name,
        RaftId = node.RaftId,
        Address = node.Address,
        ServicePort = (uint)node.ServicePort,
        ApiAddress = node.ApiAddress,
        RegisteredUnixMs = node.RegisteredUnixMs,
        Health = node.Health,
        HealthSinceUnixMs = node.HealthSinceUnixMs,
        Control = node.Control,
        ControlSinceUnixMs = node.ControlSinceUnixMs,
        ControlTerm = node.ControlTerm,
    };

    private static ReportRecord Record(ReportKey key, ServiceReport report) => new()
    {
        Observer = key.Observer,
        Target = key.Target,
        State = report.State,
        SinceUnixMs = report.SinceUnixMs,
    };

    private static PublishedRecord Record(string address, PublishedAddress published) => new()
    {
        Address = address,
        Node = published.Node,
        Term = published.Term,
    };

    private static OperationRecord Record(Operation operation) => new()
    {
        Generation = operation.Generation,
        Id = operation.Id,
        Kind = operation.Subject.Kind,
        Node = operation.Subject.Node,
        Address = operation.Subject.Address,
        RecordId = operation.Subject.RecordId,
        Reason = operation.Reason,
        State = operation.State,
        Term = operation.Term,
        Attempt = operation.Attempt,
        BegunUnixMs = operation.BegunUnixMs,
        ChangedUnixMs = operation.ChangedUnixMs,
        RetryUnixMs = operation.RetryUnixMs,
        Note = operation.Note,
    };

    private static IncidentRecord Record(Incident incident) => new()
    {
        Number = incident.Number,
        TimeUnixMs = incident.TimeUnixMs,
        Kind = incident.Kind,
        Node = incident.Node,
        Address = incident.Address,
    };

    private static FleetNode Node(NodeRecord record) => new()
    {
        Name = record.Name,
        RaftId = record.RaftId,
        Address = record.Address,
        ServicePort = (int)record.ServicePort,
        ApiAddress = record.ApiAddress,
        RegisteredUnixMs = record.RegisteredUnixMs,
        Health = record.Health,
        HealthSinceUnixMs = record.HealthSinceUnixMs,
        Control = record.Control,
        ControlSinceUnixMs = record.ControlSinceUnixMs,
        ControlTerm = record.ControlTerm,
    };

    private static Operation Operation(OperationRecord record) => new()
    {
        Generation = record.Generation,
        Id = record.Id,
        Subject = new OperationSubject(record.Kind, record.Node, record.Address, record.RecordId),
        Reason = record.Reason,
        State = record.State,
        Term = record.Term,
        Attempt = record.Attempt,
        BegunUnixMs = record.BegunUnixMs,
        ChangedUnixMs = record.ChangedUnixMs,
        RetryUnixMs = record.RetryUnixMs,
        Note = record.Note,
    };

    private static Incident Incident(IncidentRecord record) => new(record.Number, record.TimeUnixMs, record.Kind, record.Node, record.Address);
}
