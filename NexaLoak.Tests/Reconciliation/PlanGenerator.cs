using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;
using NexaLoak.Orchestrator.Reconciliation;
using NexaLoak.Tests.Fleet;

namespace NexaLoak.Tests.Reconciliation;

/// <summary>Fleets in any condition over domains in any condition.</summary>
internal static class PlanGenerator
{
    private const int MaxNodes = 6;
    private const ulong Term = 5;

    public static Arbitrary<PlanCase> Cases { get; } = Case().ToArbitrary();

    private static Gen<PlanCase> Case() =>
        from count in Gen.Choose(0, MaxNodes)
        from nodes in Node().ArrayOf(count)
        from reports in Gen.Elements(ServiceState.Unknown, ServiceState.Up, ServiceState.Up, ServiceState.Down).ArrayOf(count * count)
        from records in Record().ListOf()
        from deferred in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, MaxNodes)))
        from share in Gen.Elements(0.5, 0.5, 0.0, 1.0)
        let all = records.Take(12).Select((record, index) => record with { Id = $"r{index}" }).ToImmutableArray()
        select new PlanCase(Fleet(nodes, reports), all, new PlanContext("c1", Term, share, Deferred(deferred, all)));

    private static Gen<(NodeHealth Health, ControlState Control)> Node() =>
        from health in Gen.Elements(NodeHealth.Unknown, NodeHealth.Healthy, NodeHealth.Healthy, NodeHealth.Crashed)
        from control in Gen.Elements(ControlState.Unknown, ControlState.Reachable, ControlState.Reachable, ControlState.Unreachable)
        select (health, control);

    private static Gen<DomainRecord> Record() =>
        from address in Gen.Choose(1, MaxNodes + 2)
        from owner in Gen.Frequency((5, Owner("c1")), (1, Owner("c2")), (1, Gen.Constant<RecordOwner?>(null)))
        select new DomainRecord("", FleetBuilder.Address(address), owner);

    private static Gen<RecordOwner?> Owner(string cluster) =>
        from node in Gen.Choose(1, MaxNodes + 2)
        from term in Gen.Frequency((60, Gen.Choose(1, (int)Term)), (1, Gen.Constant((int)Term + 1)))
        select (RecordOwner?)new RecordOwner(cluster, $"n{node}", (ulong)term);

    private static FleetData Fleet((NodeHealth Health, ControlState Control)[] nodes, ServiceState[] reports)
    {
        FleetData fleet = FleetData.Empty;
        for (int i = 0; i < nodes.Length; i++)
        {
            var node = new FleetNode
            {
                Name = $"n{i + 1}",
                RaftId = (ulong)i + 1,
                Address = FleetBuilder.Address(i + 1),
                ServicePort = 443,
                ApiAddress = "",
                RegisteredUnixMs = 0,
                Health = nodes[i].Health,
                Control = nodes[i].Control,
            };
            fleet = fleet with { Nodes = fleet.Nodes.Add(node.Name, node) };
        }

        for (int i = 0; i < reports.Length; i++)
        {
            if (reports[i] != ServiceState.Unknown)
            {
                var key = new ReportKey($"n{(i / nodes.Length) + 1}", $"n{(i % nodes.Length) + 1}");
                fleet = fleet with { Reports = fleet.Reports.Add(key, new ServiceReport(reports[i], 0)) };
            }
        }

        return fleet;
    }

    private static ImmutableHashSet<OperationSubject> Deferred(int number, ImmutableArray<DomainRecord> records) => number == 0
        ? []
        :
        [
            new OperationSubject(OperationKind.AssignIp, $"n{number}", FleetBuilder.Address(number), ""),
            .. records.Where(record => record.Owner is not null).Take(1).Select(record =>
                new OperationSubject(OperationKind.UnassignIp, record.Owner!.Node, record.Address, record.Id)),
        ];
}
