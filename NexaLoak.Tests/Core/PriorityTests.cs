using System.ComponentModel.DataAnnotations;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Members that would rather not lead.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class PriorityTests
{
    private static readonly int[] Falling = [100, 80, 60, 40, 20];

    [Category("Long")]
    [Test]
    public void I12_with_the_first_choice_dead_another_leads_within_three_election_timeouts(
        [Values(10, 15, 30)] int electionTicks, [Values] bool preVote)
    {
        for (ulong seed = 0; seed < 500; seed++)
        {
            TestCluster cluster = Cluster(seed, Falling, new RaftOptions { ElectionTicks = electionTicks, PreVote = preVote }).Elect(1);
            cluster.Loses = message => TestCluster.Touches(message, 1);
            cluster.Pass(3 * electionTicks, until: () => OtherLeader(cluster) is not null);
            Assert.That(OtherLeader(cluster), Is.Not.Null, $"seed {seed}");
        }
    }

    [Category("Long")]
    [Test]
    public void I12_the_higher_priority_leads_more_often()
    {
        var wins = new int[6];
        for (ulong seed = 0; seed < 300; seed++)
        {
            TestCluster cluster = Cluster(seed, Falling, new RaftOptions());
            cluster.Pass(60, until: () => cluster.Leader is not null);
            wins[cluster.Leader!.Id.Value]++;
        }

        Assert.That(wins[1], Is.GreaterThan(wins[2]).And.GreaterThan(100));
        Assert.That(wins[2], Is.GreaterThan(wins[5]));
    }

    [Test]
    public void I12_priority_never_overrides_the_log()
    {
        TestCluster cluster = Cluster(1, [100, 1, 1], new RaftOptions());
        cluster[1].WithPast(1, 0, 1);
        cluster[2].WithPast(1, 0, 1, 1);
        cluster[3].WithPast(1, 0, 1, 1);
        cluster.Pass(200, until: () => cluster.Leader is not null);
        Assert.That(cluster.Leader!.Id.Value, Is.Not.EqualTo(1));
    }

    [Test]
    public void At_priority_zero_a_node_leads_only_by_transfer()
    {
        TestCluster cluster = Cluster(1, [100, 0, 0], new RaftOptions()).Elect(1);
        cluster[1].Core.TransferLeadership(new NodeId(2));
        cluster.Settle();
        Assert.That(cluster[2].Core.Role, Is.EqualTo(Role.Leader));

        cluster.Loses = message => TestCluster.Touches(message, 2);
        cluster[1].Crash();
        cluster.Loses = message => TestCluster.Touches(message, 2) || TestCluster.Touches(message, 1);
        cluster.Pass(200);
        Assert.That((cluster[3].Core.Role, cluster[3].Core.Leader), Is.EqualTo((Role.Follower, NodeId.None)));
    }

    [Test]
    public void Contact_with_a_leader_makes_a_low_priority_low_again()
    {
        TestNode node = Cluster(1, [20, 100, 100], new RaftOptions { PreVote = false })[1];
        for (int i = 0; i < 20; i++)
        {
            int ticks = TicksUntilCampaign(node);
            Assert.That(ticks, Is.InRange(10 + 4, 19 + (4 * 2)), "an election timeout and four short ones");
            node.Step(new Message { Type = MessageType.HeartbeatRequest, From = new NodeId(2), To = node.Id, Term = node.Core.Term + 1 });
        }
    }

    [Test]
    public void Priorities_go_from_0_to_100()
    {
        Assert.Throws<ValidationException>(() => new RaftOptions { Priority = 101 }.Validate());
        Assert.Throws<ValidationException>(() => new RaftOptions { Priority = -1 }.Validate());
        Assert.That(new RaftOptions().Priority, Is.EqualTo(100));
    }

    private static int TicksUntilCampaign(TestNode node)
    {
        int ticks = 0;
        while (node.Core.Role == Role.Follower)
        {
            node.Tick(1);
            ticks++;
        }

        return ticks;
    }

    private static TestNode? OtherLeader(TestCluster cluster) => cluster.Nodes.FirstOrDefault(node => node.Core.Role == Role.Leader && node.Id.Value != 1);

    private static TestCluster Cluster(ulong seed, int[] priorities, RaftOptions options)
        => new(priorities.Length, learners: 0, id => options with { Priority = priorities[id - 1] }, seed: seed * 31);
}
