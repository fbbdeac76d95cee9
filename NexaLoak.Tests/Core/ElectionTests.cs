using NUnit.Framework;
using Raft.Core;
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
    public void A1_a_vote_that_was_not_written_is_not_granted_and_one_that_was_is_kept([Values] bool written)
    {
        TestNode voter = new TestCluster(3, Plain)[1];
        voter.HoldsWrites = true;
        List<Message> answers = Ask(voter, from: 2, term: 5);
        Assert.That(answers, Is.Empty);
        if (written)
        {
            answers = voter.Persist();
        }

        voter.Crash().HoldsWrites = false;
        answers.AddRange(Ask(voter, from: 3, term: 5));
        Assert.That(answers.Where(answer => !answer.Reject).Select(answer => answer.To.Value), Is.EqualTo(new[] { written ? 2UL : 3UL }));
    }

    [Test]
    public void A4_a_term_below_that_of_the_log_is_not_started_with()
    {
        TestNode node = new TestCluster(3, Plain)[1];
        Assert.Throws<RaftInvariantException>(() => node.WithPast(2, 0, 1, 3));
    }

    [Test]
    public void A5_a_term_and_its_vote_are_one_write()
    {
        TestNode voter = new TestCluster(3, Plain)[1].WithPast(4, 3);
        voter.HoldsWrites = true;
        voter.Core.Step(VoteRequest(from: 2, term: 5, default));
        ulong before = voter.NewestWrite;
        voter.Drain();
        Assert.That(voter.NewestWrite, Is.EqualTo(before + 1));
        voter.Persist(before + 1);
        voter.Crash();
        Assert.That((voter.Core.Term, voter.Core.VotedFor.Value), Is.EqualTo((5UL, 2UL)));
    }

    [Test]
    public void A14_a_removed_server_raises_no_term_within_the_lease_and_then_only_its_log_counts()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        var request = new Message { Type = MessageType.VoteRequest, From = new NodeId(9), To = new NodeId(2), Term = 5, LogIndex = 1, LogTerm = 1 };
        Assert.That(cluster[2].Step(request), Is.Empty);
        Assert.That(cluster[2].Core.Term, Is.EqualTo(1));
        cluster[2].Core.ForgetLeader();
        Assert.That(cluster[2].Step(request with { LogIndex = 0, LogTerm = 0 }).Single().Reject, Is.True, "its log is behind");
        Assert.That(cluster[2].Step(request).Single().Reject, Is.False);
    }

    /// <summary>The sender had refused an earlier campaign and told its term, which this node has reached since.</summary>
    [Test]
    public void A_refusal_of_an_earlier_campaign_is_no_vote_against_the_next()
    {
        TestNode candidate = new TestCluster(3, Plain)[1].WithPast(4, 0);
        candidate.Core.Campaign();
        candidate.Drain();
        var refusal = new Message { Type = MessageType.VoteResponse, From = new NodeId(2), To = candidate.Id, Term = 5, LogTerm = 3, Reject = true };
        candidate.Step(refusal);
        candidate.Step(refusal with { From = new NodeId(3) });
        Assert.That(candidate.Core.Role, Is.EqualTo(Role.Candidate));
        candidate.Step(new Message { Type = MessageType.VoteResponse, From = new NodeId(2), To = candidate.Id, Term = 5 });
        Assert.That(candidate.Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void A_refusal_of_this_campaign_counts_against_it()
    {
        TestCluster cluster = new TestCluster(3, Plain);
        TestNode[] ahead = [cluster[2].WithPast(1, 0, 1), cluster[3].WithPast(1, 0, 1)];
        cluster[1].WithPast(1, 0);
        cluster[1].Core.Campaign();
        cluster.Settle();
        Assert.That((cluster[1].Core.Role, ahead[0].Core.Term), Is.EqualTo((Role.Follower, 2UL)));
    }

    /// <summary>Not again with the next tick: terms would run away from those who are to answer.</summary>
    [Test]
    public void A_candidate_that_hears_nothing_waits_for_an_election_timeout([Values] bool preVote)
    {
        TestNode node = new TestCluster(3, Plain with { PreVote = preVote })[1];
        while (node.Drain().Count == 0)
        {
            node.Tick(1);
        }

        node.Tick(Plain.ElectionTicks - 1);
        Assert.That(node.Drain(), Is.Empty);
        node.Tick(Plain.ElectionTicks);
        Assert.That(node.Drain(), Has.Count.EqualTo(2), "it asks both others again");
    }

    /// <summary>The votes count as signs of life in the first election timeout, which begins with the leadership.</summary>
    [Test]
    public void A_new_leader_has_two_election_timeouts_to_hear_of_a_quorum()
    {
        TestNode node = new TestCluster(3, Plain with { CheckQuorum = true })[1];
        node.Core.Campaign();
        node.Drain();
        node.Tick(Plain.ElectionTicks - 1);
        node.Step(new Message { Type = MessageType.VoteResponse, From = new NodeId(2), To = node.Id, Term = 1 });
        Assert.That(node.Core.Role, Is.EqualTo(Role.Leader));
        node.Tick((2 * Plain.ElectionTicks) - 1);
        Assert.That(node.Core.Role, Is.EqualTo(Role.Leader));
        node.Tick(1);
        Assert.That(node.Core.Role, Is.EqualTo(Role.Follower));
    }

    [Test]
    public void Who_gives_up_a_candidacy_waits_for_a_whole_election_timeout()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            TestNode node = new TestCluster(3, learners: 0, _ => Plain, seed)[1];
            node.Core.Campaign();
            node.Drain();
            node.Tick(Plain.ElectionTicks - 1);
            node.Step(new Message { Type = MessageType.VoteResponse, From = new NodeId(2), To = node.Id, Term = 5, Reject = true });
            node.Tick(Plain.ElectionTicks - 1);
            Assert.That((node.Core.Role, node.Core.Term), Is.EqualTo((Role.Follower, 5UL)), $"seed {seed}");
        }
    }

    [Test]
    public void A_grant_tells_the_term_and_nothing_else()
    {
        TestNode voter = new TestCluster(3, Plain)[1];
        Assert.That(
            Ask(voter, from: 2, term: 5).Single(),
            Is.EqualTo(new Message { Type = MessageType.VoteResponse, From = new NodeId(1), To = new NodeId(2), Term = 5 }));
    }

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
