using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Reads on followers and learners, which ask the leader for the index.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FollowerReadTests
{
    private static readonly RaftOptions Plain = new() { PreVote = false, CheckQuorum = false };

    [TestCase(2, TestName = "H10 a follower reads at the leader's index")]
    [TestCase(4, TestName = "H10 a learner reads at the leader's index")]
    public void H10_a_read_gets_the_leaders_commit_index(int reader)
    {
        TestCluster cluster = new TestCluster(3, Plain, learners: 1).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, reader);
        LogId id = cluster.Propose(1);
        cluster.Settle();
        cluster.Loses = message => message.To.Value == (ulong)reader && message.Type is MessageType.AppendRequest;
        ulong read = cluster[reader].Core.RequestRead();
        cluster.Settle();
        Assert.That(cluster.Sent.Any(message => message.Type == MessageType.ReadIndexResponse), Is.True);
        Assert.That(cluster[reader].Reads, Is.Empty, "the reader lacks the entry");
        cluster.Loses = _ => false;
        cluster.Pass(3);
        Assert.That(cluster[reader].Reads, Is.EqualTo(new[] { new ReadState(read, id.Index) }));
    }

    [TestCase(2)]
    [TestCase(4)]
    public void H8_an_answered_read_fails_when_the_entries_do_not_come_and_the_leader_is_gone(int reader)
    {
        TestCluster cluster = new TestCluster(3, Plain, learners: 1).Elect(1);
        cluster.Loses = message => message.To.Value == (ulong)reader && message.Type is MessageType.AppendRequest;
        cluster.Propose(1);
        cluster.Settle();
        ulong read = cluster[reader].Core.RequestRead();
        cluster.Settle();
        cluster.Loses = message => TestCluster.Touches(message, reader);
        cluster.Pass(20);
        Assert.That((cluster[reader].Reads.Count, cluster[reader].FailedReads.SingleOrDefault()), Is.EqualTo((0, read)));
    }

    /// <summary>It might have been confirmed in the old term only, and then by nobody.</summary>
    [Test]
    public void A_read_ends_with_its_term_also_when_the_same_node_leads_the_next()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        TestNode reader = cluster[2];
        ulong read = reader.Core.RequestRead();
        reader.Step(new Message { Type = MessageType.HeartbeatRequest, From = new NodeId(1), To = reader.Id, Term = reader.Core.Term + 1 });
        Assert.That(reader.FailedReads, Is.EqualTo(new[] { read }));
    }

    [Test]
    public void A_later_read_of_the_same_node_needs_no_repetition()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster.Loses = message => message.Type is MessageType.HeartbeatResponse or MessageType.AppendResponse;
        ulong first = cluster[2].Core.RequestRead();
        cluster.Settle();
        ulong second = cluster[2].Core.RequestRead();
        cluster.Settle();
        cluster.Loses = _ => false;
        cluster[1].Tick(Plain.HeartbeatTicks);
        cluster.Settle();
        Assert.That(cluster[2].Reads.Select(read => read.Context), Is.EqualTo(new[] { first, second }));
    }

    [Test]
    public void Who_does_not_lead_answers_no_read()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        TestNode reader = cluster[2];
        cluster.Loses = message => message.Type == MessageType.ReadIndexRequest;
        reader.Core.RequestRead();
        cluster.Settle();
        Message request = cluster.Sent.Single(message => message.Type == MessageType.ReadIndexRequest);
        var answer = new Message
        {
            Type = MessageType.ReadIndexResponse, From = new NodeId(3), To = reader.Id, Term = 1, LogIndex = 1, ReadContext = request.ReadContext,
        };
        reader.Step(answer);
        Assert.That(reader.Reads, Is.Empty);
        reader.Step(answer with { From = new NodeId(1) });
        Assert.That(reader.Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public void Requests_without_end_fill_no_memory()
    {
        TestCluster cluster = new TestCluster(3, Plain, learners: 1).Elect(1);
        cluster.Loses = message => message.Type is MessageType.HeartbeatResponse or MessageType.AppendResponse;
        for (ulong context = 1; context <= 10_000; context++)
        {
            cluster[1].Core.Step(new Message
            {
                Type = MessageType.ReadIndexRequest, From = cluster[2].Id, To = cluster[1].Id, Term = cluster[1].Core.Term, ReadContext = context,
            });
        }

        cluster.Loses = _ => false;
        cluster.Pass(3);

        int answers = cluster.Sent.Count(message => message.Type == MessageType.ReadIndexResponse);
        Assert.That(answers, Is.InRange(1, 4096));
    }

    [Test]
    public void H3_a_learner_is_answered_by_a_single_voter()
    {
        TestCluster cluster = new TestCluster(1, Plain, learners: 1).Elect(1);
        ulong read = cluster[2].Core.RequestRead();
        cluster.Settle();
        Assert.That(cluster[2].Reads, Is.EqualTo(new[] { new ReadState(read, 1) }));
        Assert.That(cluster[1].Reads, Is.Empty);
    }

    [Test]
    public void H2_a_new_leader_answers_only_after_it_has_committed_in_its_term()
    {
        var cluster = new TestCluster(3, Plain, learners: 1) { Loses = message => message.Type == MessageType.AppendResponse };
        cluster.Elect(1);
        cluster[4].Core.RequestRead();
        cluster.Pass(3);
        Assert.That(cluster[4].Reads, Is.Empty);
        cluster.Loses = _ => false;
        cluster.Pass(5);
        Assert.That(cluster[4].Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public void H10_the_leader_confirms_by_a_round_that_began_after_the_request()
    {
        TestCluster cluster = new TestCluster(3, Plain, learners: 1).Elect(1);
        List<Message> request = Ask(cluster[4]);
        cluster[1].Core.RequestRead();
        List<Message> early = [.. cluster[1].Drain().Where(message => message.Type == MessageType.HeartbeatRequest)];
        cluster[1].Step(request.Single());
        List<Message> answers = cluster[1].Step(cluster[2].Step(early.Single(message => message.To.Value == 2)).Single());
        Assert.That(answers.Any(message => message.Type == MessageType.ReadIndexResponse), Is.False);
        cluster.Pass(1);
        Assert.That(cluster.Sent.Count(message => message.Type == MessageType.ReadIndexResponse), Is.EqualTo(1));
    }

    [Test]
    public void H10_an_answer_of_a_lower_term_is_dropped()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        Message late = Answer(Ask(cluster[2]).Single(), index: 1);
        cluster.Elect(3);
        List<Message> asked = Ask(cluster[2]);
        cluster[2].Step(late with { ReadContext = asked.Single().ReadContext });
        Assert.That(cluster[2].Reads, Is.Empty);
    }

    [Test]
    public void H1_an_answer_covers_what_was_asked_before_its_request_left_and_nothing_later()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        TestNode follower = cluster[2];
        ulong first = follower.Core.RequestRead();
        ulong second = follower.Core.RequestRead();
        Message request = follower.Drain().Single();
        ulong later = follower.Core.RequestRead();
        follower.Step(Answer(request, index: 1));
        follower.Step(Answer(request, index: 1));
        Assert.That(follower.Reads.Select(read => read.Context), Is.EqualTo(new[] { first, second }), "one request for both, and a repeated answer");
        cluster.Pass(2);
        Assert.That(follower.Reads.Select(read => read.Context), Is.EqualTo(new[] { first, second, later }));
    }

    [Test]
    public void H1_an_answer_to_a_request_of_before_a_crash_confirms_nothing()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        Message request = Ask(cluster[2]).Single();
        cluster[2].Crash();
        cluster.Pass(2);
        Ask(cluster[2]);
        cluster[2].Step(Answer(request, index: 1));
        Assert.That(cluster[2].Reads, Is.Empty);
    }

    [TestCase(MessageType.ReadIndexRequest)]
    [TestCase(MessageType.ReadIndexResponse)]
    public void H5_what_is_lost_is_asked_again(MessageType lost)
    {
        TestCluster cluster = new TestCluster(3, Plain with { HeartbeatTicks = 3 }, learners: 1).Elect(1);
        cluster.Loses = message => message.Type == lost;
        cluster[4].Core.RequestRead();
        cluster.Settle();
        Assert.That(cluster[4].Reads, Is.Empty);
        cluster.Loses = _ => false;
        cluster.Pass(2);
        Assert.That(cluster[4].Reads, Is.Empty, "not before a heartbeat interval");
        cluster.Pass(1);
        Assert.That(cluster[4].Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public void H5_a_request_that_is_repeated_begins_no_second_round()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        Message request = Ask(cluster[2]).Single();
        cluster[1].Step(request);
        Message again = cluster[1].Step(request).FirstOrDefault(message => message.Type == MessageType.HeartbeatRequest);
        Assert.That(again.Type, Is.EqualTo(MessageType.None));
    }

    [Test]
    public void H8_reads_fail_when_another_leader_comes()
    {
        TestCluster cluster = new TestCluster(3, Plain, learners: 1).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 1);
        ulong read = cluster[4].Core.RequestRead();
        cluster.Settle();
        cluster.Elect(2);
        Assert.That(cluster[4].FailedReads, Is.EqualTo(new[] { read }));
    }

    [TestCase(2, TestName = "H8 reads of a follower fail when its leader falls silent")]
    [TestCase(4, TestName = "H8 reads of a learner fail when its leader falls silent")]
    public void H8_reads_fail_when_the_leader_falls_silent(int reader)
    {
        TestCluster cluster = new TestCluster(3, learners: 1).Elect(1);
        cluster.Loses = _ => true;
        ulong read = cluster[reader].Core.RequestRead();
        cluster.Pass(20);
        Assert.That(cluster[reader].FailedReads, Is.EqualTo(new[] { read }));
        Assert.That(cluster[reader].Core.RequestRead(), Is.Zero);
    }

    [Test]
    public void H8_a_leader_that_crashed_and_is_back_refuses()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        ulong read = cluster[2].Core.RequestRead();
        cluster[1].Crash();
        cluster.Settle();
        Assert.That(cluster[2].FailedReads, Is.EqualTo(new[] { read }));
    }

    [Test]
    public void A_request_of_an_old_term_is_answered_with_the_new_one()
    {
        TestCluster cluster = new TestCluster(3, Plain, learners: 1).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 4);
        cluster.Elect(2).Elect(1);
        cluster.Loses = message => message.Type == MessageType.HeartbeatRequest || message.Type == MessageType.AppendRequest;
        ulong read = cluster[4].Core.RequestRead();
        cluster.Settle();
        Assert.That((cluster[4].Core.Term, cluster[4].FailedReads.Single()), Is.EqualTo((3UL, read)));
    }

    [Test]
    public void A_request_does_not_wait_for_entries_on_their_way_to_a_slow_disk()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster[2].HoldsWrites = true;
        cluster.Propose(1);
        cluster.Settle();
        cluster[2].Core.RequestRead();
        cluster.Settle();
        Assert.That(cluster[2].Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_follower_remembers_how_fresh_the_last_answer_was()
    {
        TestCluster cluster = new TestCluster(3, Plain, learners: 1).Elect(1);
        RaftCore learner = cluster[4].Core;
        learner.AdvanceTime(7_000_000);
        learner.RequestRead();
        learner.AdvanceTime(7_002_000);
        cluster.Settle();
        Assert.That((learner.TryBoundedStaleRead(2_000, out ulong index), index), Is.EqualTo((true, 1UL)));
        Assert.That(learner.TryBoundedStaleRead(1_999, out _), Is.False);
    }

    private static List<Message> Ask(TestNode reader)
    {
        reader.Core.RequestRead();
        return [.. reader.Drain().Where(message => message.Type == MessageType.ReadIndexRequest)];
    }

    private static Message Answer(Message request, ulong index)
        => new()
        {
            Type = MessageType.ReadIndexResponse,
            From = request.To,
            To = request.From,
            Term = request.Term,
            ReadContext = request.ReadContext,
            LogIndex = index,
        };
}
