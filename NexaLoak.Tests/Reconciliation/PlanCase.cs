using System.Collections.Immutable;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Reconciliation;

namespace NexaLoak.Tests.Reconciliation;

/// <summary>What a plan is made from.</summary>
internal sealed record PlanCase(FleetData Fleet, ImmutableArray<DomainRecord> Records, PlanContext Context)
{
    public DomainContent Content => new(Context.Cluster, Records);

    public DomainPlan Plan() => DomainPlanner.Plan(Fleet, Content, Context);

    public override string ToString() => string.Join(
        Environment.NewLine,
        [
            .. Fleet.Nodes.Values.Select(node => $"{node.Name} {node.Address} {node.Health} {node.Control}"),
            .. Fleet.Reports.Select(report => $"{report.Key.Observer} sees {report.Key.Target} {report.Value.State}"),
            .. Records.Select(record => record.ToString()),
            $"deferred: {string.Join(", ", Context.Deferred)}",
            .. Plan().Changes.Select(change => $"=> {change}"),
            Plan().Frozen,
        ]);
}
