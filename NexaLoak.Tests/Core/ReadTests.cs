using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Reads that a round of heartbeats confirms.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ReadTests
{
    private static readonly RaftOptions Plain = new() { PreVote = false, CheckQuorum = false };

    [Test]
    public void H1_confirmations_of_an_earlier_leadership_confirm_no_later_read()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster[1].Core.RequestRead();
        cluster.Loses = message => message.Type == MessageType.HeartbeatResponse;
        cluster.Settle();
        List<Message> late = [.. cluster.Sent.Where(message => message.Type == MessageType.HeartbeatResponse)];
        cluster.Elect(2).Elect(1);
        Assert.That(cluster[1].Core.RequestRead(), Is.Not.Zero);
        Assert.That(late, Is.Not.Empty);
        late.ForEach(message => cluster[1].Step(message));
        Assert.That(cluster[1].Reads, Is.Empty);
        cluster.Loses = _ => false;
        cluster.Pass(1);
        Assert.That(cluster[1].Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public void H2_a_new_leader_serves_no_read_before_it_has_committed_in_its_term()
    {
        var cluster = new TestCluster(3, Plain);
        cluster.Loses = message => message.Type == MessageType.AppendRequest;
        cluster.Elect(1);
        ulong round = cluster[1].Core.RequestRead();
        cluster.Pass(5);
        Assert.That(cluster[1].Reads, Is.Empty);
        cluster.Loses = _ => false;
        cluster.Pass(5);
        Assert.That(cluster[1].Reads, Is.EqualTo(new[] { new ReadState(round, 1) }));
    }

    [Test]
    public void H8_a_leader_that_steps_down_confirms_none_of_its_reads()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        ulong read = cluster[1].Core.RequestRead();
        cluster.Elect(2);
        cluster.Pass(5);
        Assert.That(cluster[1].Reads, Is.Empty);
        Assert.That(cluster[1].FailedReads, Is.EqualTo(new[] { read }));
    }

    [Test]
    public void H11_a_confirmation_covers_every_earlier_read_and_no_later_one()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        ulong[] rounds = [.. Enumerable.Range(0, 3).Select(_ => cluster[1].Core.RequestRead())];
        cluster[1].Drain();
        ulong later = cluster[1].Core.RequestRead();
        cluster[1].Step(Confirmation(rounds[1]));
        Assert.That(cluster[1].Reads.Select(read => read.Context), Is.EqualTo(rounds[..2]));
        cluster[1].Step(Confirmation(rounds[2]));
        Assert.That(cluster[1].Reads.Select(read => read.Context), Is.EqualTo(rounds));
        cluster[1].Step(Confirmation(later));
        Assert.That(cluster[1].Reads, Has.Count.EqualTo(4));
    }

    [Test]
    public void H9_reads_end_when_check_quorum_ends_the_leadership()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = _ => true;
        ulong[] reads = [cluster[1].Core.RequestRead(), cluster[1].Core.RequestRead()];
        cluster.Pass(40, until: () => cluster[1].Core.Role != Role.Leader);
        Assert.That(cluster[1].FailedReads, Is.EqualTo(reads));
        Assert.That(cluster[1].Core.RequestRead(), Is.Zero, "no leader is known");
    }

    [Test]
    public void H9_a_read_that_waits_for_the_first_commit_of_a_term_ends_with_it()
    {
        var cluster = new TestCluster(3, Plain) { Loses = message => message.Type == MessageType.AppendRequest };
        cluster.Elect(1);
        ulong read = cluster[1].Core.RequestRead();
        cluster.Elect(2);
        Assert.That((cluster[1].Reads.Count, cluster[1].FailedReads.Single()), Is.EqualTo((0, read)));
    }

    [Test]
    public void H5_reads_go_on_without_the_minority_that_is_gone()
    {
        TestCluster cluster = new TestCluster(5, Plain, learners: 1).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 4) || TestCluster.Touches(message, 5);
        cluster[1].Core.RequestRead();
        cluster.Settle();
        Assert.That(cluster[1].Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public void H5_learners_confirm_no_round()
    {
        TestCluster cluster = new TestCluster(3, Plain, learners: 2).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 2) || TestCluster.Touches(message, 3);
        cluster[1].Core.RequestRead();
        cluster.Pass(5);
        Assert.That(cluster[1].Reads, Is.Empty);
    }

    [Test]
    public void B13_a_round_is_confirmed_by_appends_when_heartbeats_are_lost()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster.Loses = message => message.Type is MessageType.HeartbeatRequest or MessageType.HeartbeatResponse;
        cluster[1].Core.RequestRead();
        cluster.Propose(1);
        cluster.Settle();
        Assert.That(cluster[1].Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public void B13_a_refused_append_confirms_a_round_too()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        ulong read = cluster[1].Core.RequestRead();
        cluster[1].Drain();
        cluster[1].Step(Confirmation(read) with { Type = MessageType.AppendResponse, Reject = true, LogIndex = 1 });
        Assert.That(cluster[1].Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public void C6_a_read_at_a_leader_that_was_followed_by_its_transfer_target_fails()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => message.Type == MessageType.HeartbeatResponse;
        ulong read = cluster[1].Core.RequestRead();
        cluster[1].Core.TransferLeadership(new NodeId(2));
        cluster.Settle();
        Assert.That(cluster[2].Core.Role, Is.EqualTo(Role.Leader));
        Assert.That((cluster[1].Reads.Count, cluster[1].FailedReads.Single()), Is.EqualTo((0, read)));
    }

    [Test]
    public void A_leader_during_a_transfer_still_answers_reads()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => message.Type == MessageType.TimeoutNowRequest;
        cluster[1].Core.TransferLeadership(new NodeId(2));
        cluster[1].Core.RequestRead();
        cluster.Settle();
        Assert.That(cluster[1].Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_bounded_stale_read_is_answered_while_the_last_round_is_young_enough()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        TestNode leader = cluster[1];
        Assert.That(leader.Core.TryBoundedStaleRead(long.MaxValue, out _), Is.False, "no time was told");
        leader.Core.AdvanceTime(1_000);
        leader.Core.RequestRead();
        leader.Core.AdvanceTime(5_000);
        cluster.Settle();
        cluster.Propose(1);
        cluster.Settle();
        Assert.That((leader.Core.TryBoundedStaleRead(4_000, out ulong index), index), Is.EqualTo((true, 1UL)), "as old as the round's start");
        Assert.That(leader.Core.TryBoundedStaleRead(3_999, out _), Is.False);
        cluster.Elect(2);
        Assert.That(leader.Core.TryBoundedStaleRead(4_000, out _), Is.True, "what was true stays true");
    }

    [Test]
    public void A_leader_that_is_cut_off_confirms_no_read()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Elect(2);
        cluster.Propose(2);
        cluster[1].Core.RequestRead();
        cluster.Pass(50);
        Assert.That(cluster[1].Reads, Is.Empty);
    }

    [Test]
    public void A_read_sees_what_was_committed_when_it_began()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        LogId id = cluster.Propose(1);
        cluster.Settle();
        cluster[1].Core.RequestRead();
        cluster.Settle();
        Assert.That(cluster[1].Reads.Select(read => read.Index), Is.EqualTo(new[] { id.Index }));
    }

    [Test]
    public void A_single_node_confirms_its_reads_by_itself()
    {
        TestCluster cluster = new TestCluster(1, Plain).Elect(1);
        cluster[1].Core.RequestRead();
        cluster.Settle();
        Assert.That(cluster[1].Reads, Has.Count.EqualTo(1));
    }

    private static Message Confirmation(ulong round)
        => new() { Type = MessageType.HeartbeatResponse, From = new NodeId(2), To = new NodeId(1), Term = 1, ReadContext = round };
}
