using NUnit.Framework;
using Raft.Jepsen.Running.Nemeses;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Simulation;
using Raft.Jepsen.Workloads;

namespace NexaLoak.Tests.Jepsen;

/// <summary>What is drawn for faults and for clients.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class StrikeTests
{
    [Test]
    public void In_a_majority_ring_each_node_sees_a_majority_and_no_two_see_the_same([Values(5, 7, 9)] int count)
    {
        ulong[] nodes = [.. Enumerable.Range(1, count).Select(id => (ulong)id)];
        (string kind, (ulong From, ulong To)[] cuts) = PartitionNemesis.Choose(60, nodes, leader: 1);
        Assert.That(kind, Is.EqualTo("majority ring"));
        string[] seen =
        [
            .. nodes.Select(node => string.Join(',', nodes.Where(other => !cuts.Contains((node, other)) && !cuts.Contains((other, node))).Order())),
        ];
        Assert.That(seen, Is.Unique);
        Assert.That(seen.Select(set => set.Split(',').Length), Is.All.GreaterThan(count / 2).And.All.LessThan(count));
    }

    [Test]
    public void Every_kind_of_partition_cuts_something_and_spares_no_quorum()
    {
        ulong[] nodes = [1, 2, 3];
        var kinds = Enumerable.Range(0, 100).Select(dice => PartitionNemesis.Choose(dice, nodes, leader: 2)).ToList();
        Assert.That(kinds.Select(kind => kind.Kind).Distinct(), Is.EquivalentTo(
            (string[])["leader isolated", "halves", "bridge", "one link, one way", "leader not heard", "leader hears nobody"]));
        Assert.That(kinds.Select(kind => kind.Cuts.Length), Is.All.Positive);
        Assert.That(kinds.First(kind => kind.Kind == "leader not heard").Cuts, Is.EqualTo(((ulong, ulong)[])[(2, 1), (2, 3)]));
        Assert.That(kinds.First(kind => kind.Kind == "leader isolated").Cuts, Has.Length.EqualTo(4));
    }

    [Test]
    public void Every_scope_of_bad_links_is_drawn_and_hits_each_direction_once()
    {
        ulong[] nodes = [1, 2, 3];
        var scopes = Enumerable.Range(0, 100).Select(dice => LinkNemesis.Choose(dice, nodes, leader: 2)).ToList();
        Assert.That(scopes.Select(scope => scope.Scope).Distinct(), Is.EquivalentTo(
            (string[])["one direction", "one link", "all of a node", "all of the leader", "all"]));
        Assert.That(scopes.Select(scope => scope.Links), Is.All.Unique);
        Assert.That(scopes.First(scope => scope.Scope == "one direction").Links, Is.EqualTo(((ulong, ulong)[])[(1, 2)]));
        Assert.That(scopes.First(scope => scope.Scope == "all of the leader").Links, Is.EquivalentTo(((ulong, ulong)[])[(2, 1), (1, 2), (2, 3), (3, 2)]));
        Assert.That(scopes.First(scope => scope.Scope == "all").Links, Has.Length.EqualTo(6));
    }

    [Test]
    public void Every_kind_of_bad_link_is_bad_and_says_how([Values] LinkFaultKind kind)
    {
        LinkFaults faults = LinkNemesis.Draw(kind, new RandomStream(3));
        Assert.That(faults, Is.Not.EqualTo(LinkFaults.None));
        Assert.That(faults.ToString(), Is.Not.EqualTo(LinkFaults.None.ToString()));
        Assert.That(LinkNemesis.Draw(kind, new RandomStream(3)), Is.EqualTo(faults), "the seed decides");
    }

    [Test]
    public void A_plan_decides_on_the_order()
    {
        ulong[] nodes = [1, 2, 3, 4, 5];
        ulong[] once = new StrikePlan(0, 77, 0).Shuffle(nodes);
        Assert.That(new StrikePlan(0, 77, 0).Shuffle(nodes), Is.EqualTo(once));
        Assert.That(once, Is.EquivalentTo(nodes));
        var orders = Enumerable.Range(0, 20).Select(order => string.Join(',', new StrikePlan(0, (ulong)order, 0).Shuffle(nodes)));
        Assert.That(orders.Distinct().Count(), Is.GreaterThan(5));
    }

    [Test]
    public void At_least_a_third_of_the_keys_are_lists_and_keys_are_retired([Values] Workload workload)
    {
        var pool = new KeyPool(workload, new RandomStream(1));
        var draw = new RandomStream(2);
        var uses = new Dictionary<string, int>();
        for (int i = 0; i < 20_000; i++)
        {
            WorkKey key = pool.Take(draw);
            uses[key.Name] = uses.GetValueOrDefault(key.Name) + 1;
        }

        Assert.That(pool.All.Count(key => key.Name.StartsWith("list", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(pool.All.Count / 3 - 1));
        Assert.That(pool.All, Has.Count.GreaterThan(50));
        Assert.That(uses.Values, Is.All.LessThanOrEqualTo(300));
        Assert.That(uses.Keys, Is.EquivalentTo(pool.All.Select(key => key.Name)));
    }
}
