using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Pre-vote, check-quorum and leader stickiness.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class PreVoteTests
{
    [Test]
    public void B1_a_longer_log_in_a_lower_term_and_a_shorter_one_in_a_higher_term_find_a_leader()
    {
        var cluster = new TestCluster(3) { Loses = message => TestCluster.Touches(message, 1) };
        cluster[2].WithPast(5, 0, [.. Enumerable.Repeat(3UL, 10)]);
        cluster[3].WithPast(4, 0, [.. Enumerable.Repeat(3UL, 8), 4, 4, 4, 4]);
        cluster.Pass(200, until: () => cluster[3].Core.Role == Role.Leader);
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.Leader));
        Assert.That(cluster[2].Core.LastLogId, Is.EqualTo(cluster[3].Core.LastLogId));
    }

    [Test]
    public void B3_a_node_of_a_smaller_term_that_comes_back_as_the_leader_goes_can_complete_an_election()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster.Propose(1);
        cluster.Settle();
        cluster[2].Core.Campaign();
        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Pass(200, until: () => cluster[2].Core.Role == Role.Leader || cluster[3].Core.Role == Role.Leader);
        Assert.That(cluster[2].Core.Role, Is.EqualTo(Role.Leader), "only 2 has the committed entry");
    }

    [Test]
    public void B4_a_failed_pre_vote_costs_nobody_the_leader()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster[3].Core.Campaign();
        cluster.Settle();
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.PreCandidate), "1 and 2 hear from the leader and do not answer");
        cluster.Pass(1);
        Assert.That((cluster[3].Core.Role, cluster[3].Core.Leader.Value, cluster[3].Core.Term), Is.EqualTo((Role.Follower, 1UL, 1UL)));
        cluster.Pass(100);
        Assert.That((cluster[1].Core.Role, cluster[1].Core.Term), Is.EqualTo((Role.Leader, 1UL)));
    }

    [Test]
    public void B5_grants_and_refusals_of_an_earlier_round_do_not_carry_over()
    {
        TestNode node = new TestCluster(5, new RaftOptions { ElectionTicks = 5 })[1];
        node.Core.Campaign();
        node.Step(PreVoteAnswer(from: 2, term: 1));
        node.Core.Campaign();
        node.Step(PreVoteAnswer(from: 3, term: 1));
        Assert.That(node.Core.Role, Is.EqualTo(Role.PreCandidate), "two of five, itself included");
        node.Step(PreVoteAnswer(from: 2, term: 1));
        Assert.That(node.Core.Role, Is.EqualTo(Role.Candidate));
    }

    [Test]
    public void B6_a_late_grant_of_a_pre_vote_changes_nothing_for_a_leader()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        ulong term = cluster[1].Core.Term;
        cluster[1].Step(PreVoteAnswer(from: 3, term));
        cluster[1].Step(PreVoteAnswer(from: 3, term + 1));
        Assert.That((cluster[1].Core.Role, cluster[1].Core.Term), Is.EqualTo((Role.Leader, term)));
    }

    [Test]
    public void B7_a_node_that_restarts_and_asks_at_once_disturbs_nobody()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Pass(3);
        cluster.Sent.Clear();
        cluster[3].Crash().Core.Campaign();
        cluster.Settle();
        Assert.That(cluster.Sent.Where(message => message.Type == MessageType.PreVoteResponse), Is.Empty);
        cluster.Pass(30);
        Assert.That((cluster[1].Core.Role, cluster[1].Core.Term), Is.EqualTo((Role.Leader, 1UL)));
    }

    [Test]
    public void B8_pre_votes_without_end_do_not_keep_the_others_from_campaigning()
    {
        var cluster = new TestCluster(3) { Loses = message => message.Type == MessageType.PreVoteResponse && message.To.Value == 1 };
        for (int i = 0; i < 100 && cluster.Leader is null; i++)
        {
            cluster[1].Core.Campaign();
            cluster.Pass(1);
        }

        Assert.That(cluster.Leader?.Id.Value, Is.EqualTo(2).Or.EqualTo(3));
    }

    [Test]
    public void B10_a_member_that_only_answers_heartbeats_keeps_its_leader_in_office()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 3) || message.Type == MessageType.AppendResponse;
        cluster.Propose(1);
        cluster.Pass(30);
        Assert.That((cluster[1].Core.Role, cluster[1].Core.Term), Is.EqualTo((Role.Leader, 1UL)));
    }

    [Test]
    public void B15_two_pre_candidates_at_once_come_to_one_leader_a_term()
    {
        var cluster = new TestCluster(5);
        cluster[1].Core.Campaign();
        cluster[2].Core.Campaign();
        cluster.Settle();
        Assert.That(cluster.Nodes.Where(node => node.Core.Role == Role.Leader).Select(node => node.Core.Term), Is.Unique);
        cluster.Pass(100, until: () => cluster.Nodes.All(node => !node.Core.Leader.IsNone));
        Assert.That(cluster.Nodes.Select(node => node.Core.Leader).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void B15_a_leader_that_was_cut_off_and_a_pre_candidate_behind_it_make_no_second_leader_of_a_term()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Pass(60, until: () => cluster[2].Core.Role == Role.Leader || cluster[3].Core.Role == Role.Leader);
        ulong term = cluster.Nodes.Max(node => node.Core.Term);
        cluster.Loses = _ => false;
        cluster.Pass(30);
        Assert.That(cluster.Nodes.Count(node => node.Core.Role == Role.Leader), Is.EqualTo(1));
        Assert.That(cluster.Leader!.Core.Term, Is.EqualTo(term));
    }

    [Test]
    public void B15_a_split_pre_vote_is_repeated_until_somebody_leads()
    {
        var cluster = new TestCluster(4);
        cluster.Loses = message => (message.From.Value <= 2) != (message.To.Value <= 2);
        cluster.Pass(200);
        Assert.That(cluster.Nodes.Select(node => node.Core.Term), Is.All.Zero, "neither half wins a pre-vote");
        cluster.Loses = _ => false;
        cluster.Pass(100, until: () => cluster.Leader is not null);
        Assert.That(cluster.Leader, Is.Not.Null);
    }

    [Test]
    public void B18_who_reaches_nobody_never_wins_a_pre_vote()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster[3].Core.OnUnreachable(new NodeId(1));
        cluster.Pass(500);
        cluster[3].Core.OnUnreachable(new NodeId(2));
        Assert.That((cluster[3].Core.Role, cluster[3].Core.Term), Is.EqualTo((Role.PreCandidate, 1UL)));
    }

    [Test]
    public void C8_after_check_quorum_ended_a_leadership_the_old_leader_votes_at_once()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Pass(40, until: () => cluster[1].Core.Role != Role.Leader);
        TestNode old = cluster[1];
        var request = new Message { Type = MessageType.PreVoteRequest, From = new NodeId(2), To = old.Id, Term = 9, LogIndex = 9, LogTerm = 1 };
        Assert.That(old.Step(request).Single(message => message.Type == MessageType.PreVoteResponse).Reject, Is.False);
        Assert.That(old.Step(request with { Type = MessageType.VoteRequest }).Single(message => message.Type == MessageType.VoteResponse).Reject, Is.False);
    }

    [Test]
    public void B16_a_pre_vote_neither_takes_nor_counts_as_a_vote()
    {
        TestNode voter = new TestCluster(3, new RaftOptions { CheckQuorum = false })[1].WithPast(5, 2);
        List<Message> granted = voter.Step(Request(MessageType.PreVoteRequest, from: 3, term: 6));
        Assert.That((granted[0].Reject, granted[0].Term), Is.EqualTo((false, 6UL)));
        Assert.That((voter.Core.Term, voter.Core.VotedFor.Value), Is.EqualTo((5UL, 2UL)));
        Assert.That(voter.Step(Request(MessageType.VoteRequest, from: 3, term: 5))[0].Reject, Is.True);

        TestNode candidate = new TestCluster(3, new RaftOptions { PreVote = false })[1];
        candidate.Core.Campaign();
        candidate.Drain();
        candidate.Step(PreVoteAnswer(from: 2, term: 1));
        candidate.Step(PreVoteAnswer(from: 2, term: 2));
        Assert.That(candidate.Core.Role, Is.EqualTo(Role.Candidate));
    }

    [Test]
    public void B17_outdated_terms_do_not_keep_a_quorum_without_a_leader()
    {
        var cluster = new TestCluster(4) { Loses = message => TestCluster.Touches(message, 1) };
        cluster[2].WithPast(2, 0, 1, 1);
        cluster[3].WithPast(1, 0, 1, 1);
        cluster[4].WithPast(1, 0, 1, 1);
        cluster.Pass(200, until: () => cluster.Leader is not null);
        Assert.That(cluster.Leader, Is.Not.Null);
    }

    [Test]
    public void A_leader_without_a_quorum_steps_down_and_one_with_a_quorum_stays()
    {
        TestCluster cluster = new TestCluster(5).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 4) || TestCluster.Touches(message, 5);
        cluster.Pass(100);
        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Leader));
        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Pass(25);
        Assert.That(cluster[1].Core.Role, Is.Not.EqualTo(Role.Leader));
    }

    [TestCase(1, 2)]
    [TestCase(2, 1)]
    [TestCase(2, 3)]
    public void L9_a_link_that_is_cut_for_good_in_one_direction_does_not_stop_commits(int deaf, int mute)
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => message.To.Value == (ulong)deaf && message.From.Value == (ulong)mute;
        cluster.Pass(300);
        TestNode? leader = cluster.Leader;
        Assert.That(leader, Is.Not.Null);
        ulong before = leader!.Core.CommitIndex;
        ulong term = leader.Core.Term;
        cluster.Propose((int)leader.Id.Value);
        cluster.Pass(5);
        Assert.That(leader.Core.CommitIndex, Is.GreaterThan(before));
        cluster.Pass(300);
        Assert.That(cluster.Nodes.Max(node => node.Core.Term), Is.EqualTo(term), "nobody unsettles the leader");
    }

    private static Message PreVoteAnswer(ulong from, ulong term)
        => new() { Type = MessageType.PreVoteResponse, From = new NodeId(from), To = new NodeId(1), Term = term };

    private static Message Request(MessageType type, ulong from, ulong term)
        => new() { Type = type, From = new NodeId(from), To = new NodeId(1), Term = term };
}
