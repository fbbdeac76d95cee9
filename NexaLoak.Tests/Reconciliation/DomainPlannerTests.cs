using System.Collections.Immutable;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Protos;
using NexaLoak.Orchestrator.Reconciliation;
using NexaLoak.Tests.Fleet;
using NUnit.Framework;

namespace NexaLoak.Tests.Reconciliation;

[TestFixture]
internal sealed class DomainPlannerTests
{
    private static readonly PlanContext Context = new("c1", 5, 0.5, ImmutableHashSet<NexaLoak.Orchestrator.Fleet.OperationSubject>.Empty);

    [Test]
    public void Additions_come_before_removals()
    {
        DomainPlan plan = Plan(Fleet(4, crashed: [1]), Owned("a", 1), Owned("b", 2), Owned("c", 3));
        Assert.That(Texts(plan), Is.EqualTo(["assign 10.0.0.4 to n4", "unassign 10.0.0.1 of n1, record a (Crashed)"]));
    }

    [Test]
    public void The_last_address_that_serves_stays()
    {
        DomainPlan plan = Plan(Fleet(2, crashed: [1, 2]), Owned("a", 1), Owned("b", 2));
        Assert.That(plan.Changes, Is.Empty);
        Assert.That(plan.Frozen, Does.Contain("10.0.0.1, 10.0.0.2").And.Contain("without a single address that serves"));
    }

    [Test]
    public void More_crashes_than_half_of_the_fleet_are_not_believed()
    {
        DomainPlan plan = Plan(Fleet(5, crashed: [1, 2, 3]), Owned("a", 1), Owned("b", 2), Owned("c", 3), Owned("d", 4), Owned("e", 5));
        Assert.That(Texts(plan), Is.EqualTo(["unassign 10.0.0.1 of n1, record a (Crashed)", "unassign 10.0.0.2 of n2, record b (Crashed)"]));
        Assert.That(plan.Frozen, Does.Contain("at least 3 addresses stay").And.Contain("1 of 10.0.0.1, 10.0.0.2, 10.0.0.3 held back"));
    }

    [Test]
    public void The_newest_of_two_records_for_an_address_stays()
    {
        DomainPlan plan = Plan(Fleet(1, crashed: []), Owned("a", 1, term: 2), Owned("b", 1, term: 4), Owned("c", 1, term: 4));
        Assert.That(Texts(plan), Is.EquivalentTo(
            ["unassign 10.0.0.1 of n1, record a (Duplicate)", "unassign 10.0.0.1 of n1, record c (Duplicate)"]));
    }

    [Test]
    public void An_address_that_no_node_has_any_more_is_removed()
    {
        DomainPlan plan = Plan(Fleet(1, crashed: []), Owned("a", 1), new DomainRecord("z", "10.0.0.77", new RecordOwner("c1", "n1", 3)));
        Assert.That(Texts(plan), Is.EqualTo(["unassign 10.0.0.77 of n1, record z (Stale)"]));
    }

    [Test]
    public void An_address_in_a_foreign_record_is_reported_and_left_alone()
    {
        DomainPlan plan = Plan(Fleet(2, crashed: [2]), new DomainRecord("x", "10.0.0.1", null), new DomainRecord("y", "10.0.0.2", null));
        Assert.That(plan.Changes, Is.Empty);
        Assert.That(plan.Warnings, Is.EqualTo(
        [
            "10.0.0.1 of n1 is in a record that is not ours, which stays as it is. Delete it by hand to let the fleet manage the address.",
            "10.0.0.2 of a crashed node stays in the domain: record y is not ours. Delete it by hand.",
        ]));
    }

    [Test]
    public void A_node_without_a_verdict_gets_no_record_and_keeps_one()
    {
        var log = new FakeLog();
        log.Send(FleetBuilder.Register(1), 1);
        log.Send(FleetBuilder.Register(2), 2);
        Assert.That(Plan(log.State.View.Fleet, Owned("b", 2)).Changes, Is.Empty);
    }

    private static NexaLoak.Orchestrator.Fleet.FleetData Fleet(int count, int[] crashed)
    {
        var log = new FakeLog();
        log.AddHealthyNodes(count);
        foreach (int node in crashed)
        {
            log.Send(FleetBuilder.Judge(node, NodeHealth.Crashed, ControlState.Unreachable));
        }

        return log.State.View.Fleet;
    }

    private static DomainRecord Owned(string id, int node, ulong term = 3) =>
        new(id, FleetBuilder.Address(node), new RecordOwner("c1", $"n{node}", term));

    private static DomainPlan Plan(NexaLoak.Orchestrator.Fleet.FleetData fleet, params DomainRecord[] records) =>
        DomainPlanner.Plan(fleet, new DomainContent("c1", records), Context);

    private static IEnumerable<string> Texts(DomainPlan plan) => plan.Changes.Select(change => change.ToString());
}
