using System.Security.Cryptography;
using Google.Protobuf;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Hashes a view by its canonical bytes: a <see cref="FleetSnapshot"/>, whose lists are ordered and which has no maps.</summary>
internal static class FleetSnapshotHash
{
    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Compute(FleetView view) => Convert.ToHexStringLower(SHA256.HashData(Snapshot(view).ToByteArray()));

    private static FleetSnapshot Snapshot(FleetView view)
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
}
