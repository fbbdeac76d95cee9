using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>One change of the domain that the plan asks for.</summary>
/// <param name="Subject">What is done, and to what.</param>
/// <param name="Record">The record to delete; <c>null</c> for an assignment.</param>
/// <param name="Reason">Why it is deleted; unspecified for an assignment.</param>
internal sealed record DomainChange(OperationSubject Subject, DomainRecord? Record, UnassignReason Reason)
{
    /// <summary>Adds a record for a node.</summary>
    public static DomainChange Assign(FleetNode node) =>
        new(new OperationSubject(OperationKind.AssignIp, node.Name, node.Address, ""), null, UnassignReason.Unspecified);

    /// <summary>Deletes a record that is ours.</summary>
    public static DomainChange Unassign(DomainRecord record, RecordOwner owner, UnassignReason reason) =>
        new(new OperationSubject(OperationKind.UnassignIp, owner.Node, record.Address, record.Id), record, reason);

    /// <summary>The intent to commit before the change is made.</summary>
    public BeginOperation Intent() => Subject.Kind == OperationKind.AssignIp
        ? new BeginOperation { AssignIp = new AssignIp { Node = Subject.Node, Address = Subject.Address } }
        : new BeginOperation
        {
            UnassignIp = new UnassignIp { Node = Subject.Node, Address = Subject.Address, RecordId = Subject.RecordId, Reason = Reason },
        };

    /// <inheritdoc/>
    public override string ToString() => Subject.Kind == OperationKind.AssignIp
        ? $"assign {Subject.Address} to {Subject.Node}"
        : $"unassign {Subject.Address} of {Subject.Node}, record {Subject.RecordId} ({Reason})";
}
