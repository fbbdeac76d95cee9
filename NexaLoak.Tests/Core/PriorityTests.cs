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

    /// <summary>Four steps below the highest priority, each of one tick to a fifth of the election timeout.</summary>
    [Test]
    public void A_low_priority_waits_on_for_each_step_below_the_highest()
    {
        int[] waits = [.. Enumerable.Range(1, 100).Select(seed =>
            TicksUntilCampaign(Cluster((ulong)seed, [20, 100, 100], new RaftOptions { ElectionTicks = 50 })[1]))];
        Assert.That(waits, Has.All.InRange(50 + 4, 99 + (4 * 10)));
        Assert.That(waits.Max(), Is.GreaterThan(99 + 8), "not just a tick for each step");
    }

    [Test]
    public void Contact_while_a_low_priority_waits_on_begins_with_a_new_timeout()
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            TestNode node = Cluster(seed, [20, 100, 100], new RaftOptions { PreVote = false })[1];
            node.Tick(21);
            if (node.Core.Role == Role.Follower)
            {
                node.Step(new Message { Type = MessageType.HeartbeatRequest, From = new NodeId(2), To = node.Id, Term = 1 });
                Assert.That(TicksUntilCampaign(node), Is.InRange(10 + 4, 19 + (4 * 2)), $"seed {seed}");
            }
        }
    }

    /// <summary>Those who waited for the same dead first choice come again in the order of their priorities; if that splits the votes too, chance decides.</summary>
    [TestCase(30, 60, 1 + (2 * 3))]
    [TestCase(30, 80, 1 + 3)]
    [TestCase(30, 20, 1 + (4 * 3))]
    [TestCase(5, 60, 1 + 2)]
    public void After_split_votes_a_lower_priority_comes_again_soon_and_only_once(int electionTicks, int priority, int ticks)
    {
        TestNode node = Cluster(1, [priority, 100, 100], new RaftOptions { PreVote = false, ElectionTicks = electionTicks })[1];
        LoseElection(node);
        Assert.That(TicksUntilCampaign(node), Is.EqualTo(ticks));
        RefuseVotes(node);
        Assert.That(TicksUntilCampaign(node), Is.GreaterThanOrEqualTo(electionTicks));
    }

    [Test]
    public void The_highest_priority_does_not_come_again_sooner()
    {
        TestNode node = Cluster(1, [100, 100, 100], new RaftOptions { PreVote = false })[1];
        LoseElection(node);
        Assert.That(TicksUntilCampaign(node), Is.GreaterThanOrEqualTo(10));
    }

    /// <summary>Somebody handed over to it, and the votes did not come.</summary>
    [Test]
    public void A_candidate_of_priority_zero_gives_up_with_its_election_timeout()
    {
        TestNode node = Cluster(1, [0, 100, 100], new RaftOptions { PreVote = false })[1];
        node.Core.Campaign();
        node.Drain();
        Assert.That(node.Core.Role, Is.EqualTo(Role.Candidate));
        node.Tick(9);
        Assert.That(node.Core.Role, Is.EqualTo(Role.Candidate));
        node.Tick(10);
        Assert.That((node.Core.Role, node.Core.Term), Is.EqualTo((Role.Follower, 1UL)));
    }

    [Test]
    public void Priorities_go_from_0_to_100()
    {
        Assert.Throws<ValidationException>(() => new RaftOptions { Priority = 101 }.Validate());
        Assert.Throws<ValidationException>(() => new RaftOptions { Priority = -1 }.Validate());
        Assert.That(new RaftOptions().Priority, Is.EqualTo(100));
    }

    private static void LoseElection(TestNode node)
    {
        TicksUntilCampaign(node);
        RefuseVotes(node);
    }

    private static void RefuseVotes(TestNode node)
    {
        node.Drain();
        foreach (ulong voter in new ulong[] { 2, 3 })
        {
            node.Step(new Message
            {
                Type = MessageType.VoteResponse, From = new NodeId(voter), To = node.Id, Term = node.Core.Term, LogTerm = node.Core.Term, Reject = true,
            });
        }

        Assert.That(node.Core.Role, Is.EqualTo(Role.Follower));
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
