using FsCheck;
using FsCheck.Fluent;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Health;
using NexaLoak.Orchestrator.Protos;
using NexaLoak.Orchestrator.Reconciliation;
using NUnit.Framework;

namespace NexaLoak.Tests.Reconciliation;

[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class DomainPlannerProperties
{
    [Test]
    public void Records_of_others_are_never_touched() => Check(plan => plan.Plan().Changes.All(change =>
        change.Record is null || change.Record.Owner is { Cluster: "c1" }));

    [Test]
    public void A_removal_always_leaves_an_address_that_serves() => Check(plan =>
    {
        DomainContent content = plan.Content;
        foreach (DomainChange change in plan.Plan().Changes)
        {
            content = content.After(change, plan.Context.Term);
            bool shrinks = change.Record is not null && change.Reason != UnassignReason.Duplicate;
            if (shrinks && !content.Owned.Any(record => Serves(plan.Fleet, record)))
            {
                return false;
            }
        }

        return true;
    });

    [Test]
    public void The_domain_does_not_fall_below_its_share_of_the_judged_nodes() => Check(plan =>
    {
        int judged = plan.Fleet.Nodes.Values.Count(node => node.Health != NodeHealth.Unknown);
        int before = Published(plan.Fleet, plan.Content);
        int after = Published(plan.Fleet, After(plan));
        return after >= before || after >= Math.Ceiling(judged * plan.Context.MinPublishedShare);
    });

    [Test]
    public void A_duplicate_is_deleted_only_while_its_address_stays() => Check(plan =>
        plan.Plan().Changes.Where(change => change.Reason == UnassignReason.Duplicate).All(change =>
            plan.Content.Owned.Count(record => record.Address == change.Subject.Address) > 1));

    [Test]
    public void Nodes_that_did_not_crash_keep_their_addresses() => Check(plan =>
    {
        HashSet<string> after = [.. After(plan).Owned.Select(record => record.Address)];
        return plan.Content.Owned.All(record =>
            plan.Fleet.NodeByAddress(record.Address) is not { } node || node.Health == NodeHealth.Crashed || after.Contains(record.Address));
    });

    [Test]
    public void Carried_out_a_plan_leaves_nothing_to_do() => Check(plan =>
        DomainPlanner.Plan(plan.Fleet, After(plan), plan.Context).Changes.IsEmpty);

    [Test]
    public void Without_freeze_and_deferral_the_domain_becomes_what_the_fleet_wants() => Check(plan =>
    {
        if (plan.Plan().Frozen.Length > 0 || !plan.Context.Deferred.IsEmpty)
        {
            return true;
        }

        DomainContent after = After(plan);
        bool noneCrashed = after.Owned.All(record => plan.Fleet.NodeByAddress(record.Address) is { Health: not NodeHealth.Crashed });
        bool onceEach = after.Owned.DistinctBy(record => record.Address).Count() == after.Owned.Length;
        bool allServing = plan.Fleet.Nodes.Values.Where(node => Serves(plan.Fleet, node)).All(node =>
            after.Owned.Concat(after.Foreign).Any(record => record.Address == node.Address));
        return noneCrashed && onceEach && allServing;
    });

    [Test]
    public void A_record_of_a_newer_term_stops_everything() => Check(plan =>
        plan.Content.Owned.All(record => record.Owner!.Term <= plan.Context.Term) || plan.Plan() is { Changes.IsEmpty: true, Frozen.Length: > 0 });

    private static void Check(Func<PlanCase, bool> property) =>
        Prop.ForAll(PlanGenerator.Cases, property).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static DomainContent After(PlanCase plan) =>
        plan.Plan().Changes.Aggregate(plan.Content, (content, change) => content.After(change, plan.Context.Term));

    private static int Published(FleetData fleet, DomainContent content) =>
        content.Owned.Select(record => record.Address).Distinct().Count(address => fleet.NodeByAddress(address) is not null);

    private static bool Serves(FleetData fleet, DomainRecord record) => fleet.NodeByAddress(record.Address) is { } node && Serves(fleet, node);

    private static bool Serves(FleetData fleet, FleetNode node) =>
        node.Health == NodeHealth.Healthy && ServiceElectorate.Judge(fleet, node.Name) != ServiceState.Down;
}
