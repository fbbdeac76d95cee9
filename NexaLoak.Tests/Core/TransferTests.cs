using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Handing leadership over.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class TransferTests
{
    private static readonly RaftOptions Defaults = new();

    [Test]
    public void C5_the_target_leads_without_a_tick_in_spite_of_pre_vote_and_stickiness()
    {
        TestCluster cluster = new TestCluster(5).Elect(1);
        Assert.That(cluster[1].Core.TransferLeadership(new NodeId(3)), Is.EqualTo(TransferStatus.Started));
        cluster.Settle();
        Assert.That((cluster[3].Core.Role, cluster[3].Core.Term, cluster[1].Core.Role), Is.EqualTo((Role.Leader, 2UL, Role.Follower)));
        Assert.That(cluster.Nodes.Select(node => node.Core.Leader.Value), Is.All.EqualTo(3UL));
    }

    [Test]
    public void Without_a_name_the_most_up_to_date_voter_takes_over()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 2);
        cluster.Propose(1);
        cluster.Settle();
        cluster[1].Core.TransferLeadership(NodeId.None);
        cluster.Settle();
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void C9_a_target_that_lags_is_brought_up_to_date_first()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 2);
        LogId last = cluster.Propose(1);
        cluster.Settle();
        cluster[1].Core.TransferLeadership(new NodeId(2));
        cluster.Settle();
        Assert.That(cluster.Sent.Any(IsTimeoutNow), Is.False, "the target lacks an entry");

        cluster.Loses = _ => false;
        cluster.Pass(Defaults.ElectionTicks - 1, until: () => cluster[2].Core.Role == Role.Leader);
        Assert.That(cluster[2].Core.Role, Is.EqualTo(Role.Leader));
        Assert.That(cluster[2].Core.TermAt(last.Index), Is.EqualTo(last.Term));
    }

    [Test]
    public void C7_proposals_are_refused_meanwhile_and_taken_again_when_it_fails_within_an_election_timeout()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = IsTimeoutNow;
        cluster[1].Core.TransferLeadership(new NodeId(2));
        cluster.Settle();
        Assert.That(cluster[1].Core.Propose(new byte[1], forward: false, out _), Is.EqualTo(ProposalStatus.LeadershipTransfer));

        cluster.Pass(Defaults.ElectionTicks);
        Assert.That((cluster[1].Core.Role, cluster[1].Core.TransferTarget), Is.EqualTo((Role.Leader, NodeId.None)));
        cluster.Propose(1);
    }

    [Test]
    public void C7_a_second_target_replaces_the_first()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 2);
        cluster[1].Core.TransferLeadership(new NodeId(2));
        cluster.Settle();
        cluster[1].Core.TransferLeadership(new NodeId(3));
        cluster.Settle();
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void C1_a_target_that_lacks_the_leaders_last_entry_does_not_campaign()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        List<Message> answers = cluster[2].Step(TimeoutNow(term: 1, new LogId(1, 2)));
        Assert.That((answers.Count, cluster[2].Core.Role, cluster[2].Core.Term), Is.EqualTo((0, Role.Follower, 1UL)));
    }

    [Test]
    public void C4_only_another_voter_is_a_target()
    {
        TestCluster cluster = new TestCluster(3, learners: 1).Elect(1);
        foreach (ulong target in (ulong[])[1, 4, 9])
        {
            Assert.That(cluster[1].Core.TransferLeadership(new NodeId(target)), Is.EqualTo(TransferStatus.NoTarget), $"{target}");
        }

        Assert.That(cluster[2].Core.TransferLeadership(new NodeId(3)), Is.EqualTo(TransferStatus.NotLeader));
        Assert.That(new TestCluster(1).Elect(1)[1].Core.TransferLeadership(NodeId.None), Is.EqualTo(TransferStatus.NoTarget));
    }

    [Test]
    public void C5_a_request_of_an_old_term_and_one_to_a_learner_are_ignored()
    {
        TestCluster cluster = new TestCluster(3, learners: 1).Elect(1).Elect(1);
        cluster[1].Core.TransferLeadership(new NodeId(2));
        cluster.Settle();
        Assert.That(cluster[2].Core.Role, Is.EqualTo(Role.Leader));

        Assert.That(cluster[3].Step(TimeoutNow(term: 1, default)), Is.Empty);
        Assert.That(cluster[4].Step(TimeoutNow(term: 2, default)), Is.Empty);
        Assert.That(cluster.Nodes.Select(node => node.Core.Term), Is.All.EqualTo(2UL));
    }

    [Test]
    public void Without_the_leaders_word_a_sticky_voter_ignores_the_candidate()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        var request = new Message { Type = MessageType.VoteRequest, From = new NodeId(3), To = new NodeId(2), Term = 2, LogTerm = 1, LogIndex = 1 };
        Assert.That(cluster[2].Step(request), Is.Empty);
        Assert.That(cluster[2].Step(request with { LeadershipTransfer = true }).Single().Reject, Is.False);
    }

    private static bool IsTimeoutNow(Message message) => message.Type == MessageType.TimeoutNowRequest;

    private static Message TimeoutNow(ulong term, LogId last)
        => new()
        {
            Type = MessageType.TimeoutNowRequest,
            From = new NodeId(1),
            To = new NodeId(2),
            Term = term,
            LogIndex = last.Index,
            LogTerm = last.Term,
        };
}
