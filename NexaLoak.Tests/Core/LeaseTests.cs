using System.ComponentModel.DataAnnotations;
using NUnit.Framework;
using Raft.Core;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Reads by lease, and what members promise for them.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class LeaseTests
{
    private const long Tick = 1_000;
    private const long ElectionTimeout = 10 * Tick;

    /// <summary>Nine ticks, less a tenth.</summary>
    private const long Lease = 8_100;

    private static readonly RaftOptions Leases = new() { LeaseReads = true, TickMicroseconds = Tick };

    [Test]
    public void B12_leases_need_check_quorum_a_tick_length_and_a_bound_on_clocks()
    {
        Assert.Throws<ValidationException>(() => (Leases with { CheckQuorum = false }).Validate());
        Assert.Throws<ValidationException>(() => (Leases with { TickMicroseconds = 0 }).Validate());
        Assert.Throws<ValidationException>(() => (Leases with { LeaseDriftPercent = 91 }).Validate());
        Assert.Throws<ValidationException>(() => (Leases with { LeaseDriftPercent = -1 }).Validate());
        Assert.DoesNotThrow(Leases.Validate);
        Assert.That(new RaftOptions().LeaseReads, Is.False);
    }

    [Test]
    public void H6_a_lease_counts_from_the_start_of_the_round_and_is_shortened_by_the_drift()
    {
        TestCluster cluster = Elected(out long now);
        cluster[1].Core.RequestRead();
        List<Message> round = cluster[1].Drain();
        SetTime(cluster, now + 5_000);
        foreach (Message heartbeat in round.Where(message => message.Type == MessageType.HeartbeatRequest))
        {
            cluster[(int)heartbeat.To.Value].Step(heartbeat).ForEach(answer => cluster[1].Step(answer));
        }

        SetTime(cluster, now + Lease - 1);
        Assert.That((cluster[1].Core.TryLeaseRead(out ulong index), index), Is.EqualTo((true, 1UL)));
        SetTime(cluster, now + Lease);
        Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.False);
    }

    [Test]
    public void H6_a_clock_that_goes_back_stops_the_node_and_one_that_jumps_ahead_ends_the_lease()
    {
        TestCluster cluster = Elected(out long now);
        Assert.Throws<RaftInvariantException>(() => cluster[1].Core.AdvanceTime(now - 3_600_000_000));
        cluster[1].Core.AdvanceTime(now + 3_600_000_000);
        Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.False);
    }

    [Test]
    public void Heartbeats_keep_the_lease_without_readers()
    {
        TestCluster cluster = Elected(out long now);
        for (int i = 0; i < 50; i++)
        {
            SetTime(cluster, now += Tick);
            cluster.Pass(1);
            Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.True);
        }

        Assert.That(cluster[1].Reads, Is.Empty, "nobody asked for these rounds");
    }

    [Test]
    public void B13_appends_keep_the_lease_when_heartbeats_are_lost()
    {
        TestCluster cluster = Elected(out long now);
        cluster.Loses = message => message.Type is MessageType.HeartbeatRequest or MessageType.HeartbeatResponse;
        for (int i = 0; i < 50; i++)
        {
            SetTime(cluster, now += Tick);
            cluster.Propose(1);
            cluster.Pass(1);
            Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.True);
        }
    }

    [Test]
    public void H2_a_new_leader_has_no_lease_before_it_has_committed_in_its_term()
    {
        TestCluster cluster = Ready(new TestCluster(3, Leases));
        cluster.Loses = message => message.Type == MessageType.AppendResponse;
        cluster.Elect(1).Pass(3);
        Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.False);
        cluster.Loses = _ => false;
        cluster.Pass(3);
        Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.True);
    }

    [Test]
    public void Only_a_leader_with_leases_on_reads_by_lease()
    {
        TestCluster cluster = Elected(out _);
        Assert.That(cluster[2].Core.TryLeaseRead(out _), Is.False);
        TestCluster without = Ready(new TestCluster(3)).Elect(1).Pass(3);
        Assert.That(without[1].Core.TryLeaseRead(out _), Is.False);
    }

    [Test]
    public void C2_a_transfer_ends_lease_reads_at_once_and_for_the_rest_of_the_term()
    {
        TestCluster cluster = Elected(out long now);
        cluster.Loses = message => message.Type == MessageType.TimeoutNowRequest;
        cluster[1].Core.TransferLeadership(new NodeId(2));
        Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.False, "before TimeoutNow leaves");
        for (int i = 0; i < 20; i++)
        {
            SetTime(cluster, now += Tick);
            cluster.Pass(1);
        }

        Assert.That((cluster[1].Core.Role, cluster[1].Core.TransferTarget), Is.EqualTo((Role.Leader, NodeId.None)));
        Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.False, "the target may campaign at any time");
    }

    [Test]
    public void Who_handed_over_and_leads_again_has_its_lease_again()
    {
        TestCluster cluster = Elected(out _);
        cluster[1].Core.TransferLeadership(new NodeId(2));
        cluster.Settle();
        Assert.That(cluster[2].Core.Role, Is.EqualTo(Role.Leader));
        cluster[2].Core.TransferLeadership(new NodeId(1));
        cluster.Pass(3);
        Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.True);
    }

    [Test]
    public void C2_a_transfer_that_never_asked_its_target_gives_the_lease_back()
    {
        TestCluster cluster = Elected(out long now);
        cluster.Loses = message => TestCluster.Touches(message, 2);
        cluster.Propose(1);
        cluster.Settle();
        cluster[1].Core.TransferLeadership(new NodeId(2));
        for (int i = 0; i < 12; i++)
        {
            SetTime(cluster, now += Tick);
            cluster.Pass(1);
        }

        Assert.That((cluster[1].Core.TransferTarget, cluster[1].Core.TryLeaseRead(out _)), Is.EqualTo((NodeId.None, true)));
    }

    [TestCase(MessageType.VoteRequest)]
    [TestCase(MessageType.PreVoteRequest)]
    public void Whoever_heard_from_a_leader_votes_for_nobody_else_in_spite_of_higher_terms_and_many_ticks(MessageType type)
    {
        TestCluster cluster = Elected(out long now);
        TestNode voter = cluster[2];
        voter.Step(new Message { Type = MessageType.HeartbeatResponse, From = new NodeId(3), To = voter.Id, Term = 7, Reject = true });
        Assert.That((voter.Core.Term, voter.Core.Leader), Is.EqualTo((7UL, NodeId.None)));
        voter.Tick(9);
        var request = new Message { Type = type, From = new NodeId(3), To = voter.Id, Term = 7, LogIndex = 1, LogTerm = 1 };
        SetTime(cluster, now + ElectionTimeout - 1);
        Assert.That(voter.Step(request), Is.Empty);
        Assert.That(voter.Step(request with { Term = 8 }), Is.Empty);
        SetTime(cluster, now + ElectionTimeout);
        Assert.That(voter.Step(request).Single().Reject, Is.False);
    }

    [TestCase(MessageType.VoteRequest)]
    [TestCase(MessageType.PreVoteRequest)]
    public void Whoever_heard_from_a_leader_still_tells_a_removed_node_of_its_removal(MessageType type)
    {
        TestCluster cluster = Ready(new TestCluster(MembershipText.Members("v1 v2 v3"), Leases)).Elect(1);
        TestNode voter = cluster[2];
        voter.Step(new Message { Type = MessageType.HeartbeatResponse, From = new NodeId(3), To = voter.Id, Term = 7, Reject = true });
        var request = new Message { Type = type, From = new NodeId(9), To = voter.Id, Term = 7, LogIndex = 99, LogTerm = 7 };
        Message answer = voter.Step(request).Single();
        Assert.That((answer.Reject, answer.LogIndex), Is.EqualTo((true, voter.Core.ConfigurationIndex)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Ticks_that_come_all_at_once_after_a_pause_make_nobody_campaign_within_the_lease(bool preVote)
    {
        TestCluster cluster = Ready(new TestCluster(3, Leases with { PreVote = preVote })).Elect(1);
        cluster.Pass(1);
        cluster[2].Tick(100);
        cluster[2].Core.Campaign();
        Assert.That((cluster[2].Drain().Count, cluster[2].Core.Role), Is.EqualTo((0, Role.Follower)));
        cluster[2].Core.AdvanceTime(2 * ElectionTimeout);
        cluster[2].Tick(1);
        Assert.That(cluster[2].Core.Role, Is.Not.EqualTo(Role.Follower));
    }

    [Test]
    public void A_node_that_starts_votes_for_nobody_for_an_election_timeout()
    {
        TestNode voter = new TestCluster(3, Leases)[2];
        var request = new Message { Type = MessageType.VoteRequest, From = new NodeId(3), To = voter.Id, Term = 1 };
        Assert.That(voter.Step(request), Is.Empty, "it knows no time");
        voter.Core.AdvanceTime(5_000_000);
        voter.Core.AdvanceTime(5_000_000 + ElectionTimeout - 1);
        Assert.That(voter.Step(request), Is.Empty);
        voter.Core.AdvanceTime(5_000_000 + ElectionTimeout);
        Assert.That(voter.Step(request).Single().Reject, Is.False);
    }

    [Test]
    public void C8_a_leader_hands_over_at_once_in_spite_of_leases()
    {
        TestCluster cluster = Ready(new TestCluster(5, Leases)).Elect(1);
        cluster.Pass(2);
        cluster[1].Core.TransferLeadership(new NodeId(3));
        cluster.Settle();
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void B14_a_member_that_leases_count_on_does_not_forget_its_leader()
    {
        TestCluster cluster = Elected(out _);
        Assert.That((cluster[2].Core.ForgetLeader(), cluster[2].Core.Leader.Value), Is.EqualTo((false, 1UL)));
    }

    private static TestCluster Elected(out long now)
    {
        TestCluster cluster = Ready(new TestCluster(3, Leases)).Elect(1);
        cluster.Pass(2);
        now = ElectionTimeout;
        Assert.That(cluster[1].Core.TryLeaseRead(out _), Is.True);
        return cluster;
    }

    /// <summary>The election timeout after the start, in which nobody votes, is over.</summary>
    private static TestCluster Ready(TestCluster cluster)
    {
        SetTime(cluster, 0);
        SetTime(cluster, ElectionTimeout);
        return cluster;
    }

    private static void SetTime(TestCluster cluster, long microseconds)
    {
        foreach (TestNode node in cluster.Nodes)
        {
            node.Core.AdvanceTime(microseconds);
        }
    }
}
