using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>
/// Elections and the durability of votes. The letter and number name the case in the collection of other libraries' bugs.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ElectionTests
{
    private static readonly RaftOptions Plain = new() { PreVote = false, CheckQuorum = false };

    [Test]
    public void A2_a_candidate_asks_only_after_its_own_vote_is_durable()
    {
        TestNode candidate = new TestCluster(3, Plain)[1];
        candidate.HoldsWrites = true;
        candidate.Core.Campaign();
        Assert.That(candidate.Drain(), Is.Empty);
        Assert.That(
            candidate.Persist().Select(message => message.Type),
            Is.EqualTo(new[] { MessageType.VoteRequest, MessageType.VoteRequest }));

        candidate.Crash();
        Assert.That(Ask(candidate, from: 2, term: 1)[0].Reject, Is.True);
    }

    [Test]
    public void A3_answers_wait_for_the_write_that_holds_the_term([Values] bool candidateIsBehind)
    {
        TestNode voter = new TestCluster(3, Plain)[1].WithPast(1, 0, 1);
        voter.HoldsWrites = true;
        Assert.That(Ask(voter, from: 2, term: 5, new LogId(1, candidateIsBehind ? 0UL : 1UL)), Is.Empty);
        List<Message> answers = voter.Persist();
        Assert.That(answers, Has.Count.EqualTo(1));
        Assert.That(answers[0].Reject, Is.EqualTo(candidateIsBehind));
        Assert.That(voter.Persist(), Is.Empty);
    }

    [Test]
    public void A3_a_vote_of_an_earlier_term_that_no_write_holds_never_leaves()
    {
        TestNode voter = new TestCluster(3, Plain)[1];
        voter.Core.Step(VoteRequest(from: 2, term: 1, default));
        voter.Core.Step(VoteRequest(from: 3, term: 2, default));
        Assert.That(voter.Drain().Select(message => (message.To.Value, message.Term)), Is.EqualTo(new[] { (3UL, 2UL) }));
    }

    [Test]
    public void A6_a_candidate_that_steps_down_in_its_term_keeps_its_vote()
    {
        TestNode node = new TestCluster(3, Plain)[1];
        node.Core.Campaign();
        node.Step(new Message { Type = MessageType.HeartbeatRequest, From = new NodeId(2), To = node.Id, Term = 1 });
        Assert.That(node.Core.Role, Is.EqualTo(Role.Follower));
        Assert.That(Ask(node, from: 3, term: 1)[0].Reject, Is.True);
    }

    [Test]
    public void A7_a_refusal_teaches_the_term_and_gives_no_vote()
    {
        TestNode node = new TestCluster(3, Plain)[1];
        node.Core.Campaign();
        node.Step(new Message { Type = MessageType.VoteResponse, From = new NodeId(2), To = node.Id, Term = 7, Reject = true });
        Assert.That((node.Core.Term, node.Core.VotedFor, node.Core.Role), Is.EqualTo((7UL, NodeId.None, Role.Follower)));
    }

    [Test]
    public void A8_logs_are_compared_by_term_first_and_then_by_length(
        [Range(1, 4)] int voterTerm, [Range(1, 4)] int voterLength, [Range(1, 4)] int term, [Range(1, 4)] int length)
    {
        TestNode voter = new TestCluster(3, Plain)[1].WithPast(4, 0, [.. Enumerable.Repeat((ulong)voterTerm, voterLength)]);
        bool grants = term > voterTerm || (term == voterTerm && length >= voterLength);
        Assert.That(Ask(voter, from: 2, term: 5, new LogId((ulong)term, (ulong)length))[0].Reject, Is.EqualTo(!grants));
    }

    [Test]
    public void A9_ticks_while_the_own_vote_is_on_its_way_start_no_second_election([Values] bool preVote)
    {
        TestNode single = new TestCluster(1, Plain with { PreVote = preVote })[1];
        single.HoldsWrites = true;
        single.Core.Campaign();
        single.Drain();
        single.Tick(100);
        single.Drain();
        Assert.That((single.Core.Term, single.Core.Role), Is.EqualTo((1UL, Role.Candidate)));
        single.Persist();
        Assert.That(single.Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void A10_a_leader_does_not_campaign()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        ulong term = cluster[1].Core.Term;
        cluster[1].Core.Campaign();
        Assert.That((cluster[1].Core.Term, cluster[1].Core.Role), Is.EqualTo((term, Role.Leader)));
    }

    [TestCase(MessageType.VoteRequest, 0UL, true, TestName = "A11 a granted vote restarts the election timer")]
    [TestCase(MessageType.HeartbeatRequest, 0UL, true, TestName = "A11 a heartbeat restarts the election timer")]
    [TestCase(MessageType.AppendRequest, 0UL, true, TestName = "A11 an append restarts the election timer")]
    [TestCase(MessageType.VoteRequest, 9UL, false, TestName = "A11 a refused vote leaves the election timer alone")]
    [TestCase(MessageType.PreVoteRequest, 0UL, false, TestName = "A11 a pre-vote leaves the election timer alone")]
    public void A11_election_timer(MessageType type, ulong ownEntries, bool restarts)
    {
        ulong[] past = [.. Enumerable.Repeat(1UL, (int)ownEntries)];
        TestNode node = new TestCluster(3, Plain with { ElectionTicks = 100 })[1].WithPast(1, 0, past);
        node.Tick(99);
        node.Step(new Message { Type = type, From = new NodeId(2), To = node.Id, Term = 2 });
        node.Tick(100);
        Assert.That(node.Core.Role, Is.EqualTo(restarts ? Role.Follower : Role.Candidate));
    }

    [Test]
    public void A16_a_majority_is_enough_when_the_rest_says_nothing()
    {
        var cluster = new TestCluster(5) { Loses = message => TestCluster.Touches(message, 4) || TestCluster.Touches(message, 5) };
        cluster.Elect(1);
        Assert.That(cluster[1].Core.CommitIndex, Is.EqualTo(1));
    }

    [Test]
    public void A17_a_single_voter_leads_every_time_in_a_new_term_and_commits_in_it()
    {
        var cluster = new TestCluster(1);
        for (ulong start = 1; start <= 10; start++)
        {
            cluster.Pass(30, until: () => cluster[1].Core.Role == Role.Leader);
            Assert.That((cluster[1].Core.Term, cluster[1].Core.CommitIndex), Is.EqualTo((start, start)));
            cluster[1].Crash();
        }
    }

    /// <summary>
    /// Found by the simulator: the node's entries reached the learner, and a crash made it forget the term that it had led.
    /// </summary>
    [Test]
    public void A_single_voter_sends_nothing_to_learners_before_its_term_is_durable()
    {
        var cluster = new TestCluster(1, Plain, learners: 1);
        TestNode voter = cluster[1];
        voter.HoldsWrites = true;
        voter.Core.Campaign();
        Assert.That(voter.Drain(), Is.Empty);
        Assert.That(voter.Core.Propose(new byte[] { 1 }, forward: false, out _), Is.EqualTo(ProposalStatus.NotLeader));
        Assert.That(voter.Persist(), Is.Not.Empty);
    }

    [Test]
    public void Learners_neither_campaign_nor_count()
    {
        var cluster = new TestCluster(2, Plain, learners: 1) { Loses = message => TestCluster.Touches(message, 2) };
        cluster[3].Tick(100);
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.Follower));
        cluster[1].Core.Campaign();
        cluster.Settle();
        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Candidate));
        cluster[1].Step(new Message { Type = MessageType.VoteResponse, From = new NodeId(3), To = cluster[1].Id, Term = 1 });
        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Candidate));
    }

    [Test]
    public void Votes_of_an_earlier_term_do_not_count()
    {
        TestNode node = new TestCluster(3, Plain)[1];
        node.Core.Campaign();
        node.Drain();
        node.Core.Campaign();
        node.Drain();
        node.Step(new Message { Type = MessageType.VoteResponse, From = new NodeId(2), To = node.Id, Term = 1 });
        Assert.That(node.Core.Role, Is.EqualTo(Role.Candidate));
        node.Step(new Message { Type = MessageType.VoteResponse, From = new NodeId(2), To = node.Id, Term = 2 });
        Assert.That(node.Core.Role, Is.EqualTo(Role.Leader));
    }

    private static Message VoteRequest(ulong from, ulong term, LogId last)
        => new()
        {
            Type = MessageType.VoteRequest, From = new NodeId(from), To = new NodeId(1), Term = term,
            LogIndex = last.Index, LogTerm = last.Term,
        };

    private static List<Message> Ask(TestNode voter, ulong from, ulong term, LogId last = default)
        => voter.Step(VoteRequest(from, term, last));
}
