using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Followers that are told that their leader is gone.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ForgetLeaderTests
{
    [Test]
    public void B14_a_leader_and_a_candidate_have_nothing_to_forget()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        Assert.That((cluster[1].Core.ForgetLeader(), cluster[1].Core.Role), Is.EqualTo((false, Role.Leader)));
        TestNode candidate = new TestCluster(3)[1];
        candidate.Core.Campaign();
        Assert.That((candidate.Core.ForgetLeader(), candidate.Core.Role), Is.EqualTo((false, Role.PreCandidate)));
    }

    [TestCase(2)]
    [TestCase(4)]
    public void B14_a_follower_and_a_learner_forget_once_and_learn_again_from_the_next_heartbeat(int member)
    {
        TestCluster cluster = new TestCluster(3, learners: 1).Elect(1);
        Assert.That((cluster[member].Core.ForgetLeader(), cluster[member].Core.Leader), Is.EqualTo((true, NodeId.None)));
        Assert.That(cluster[member].Core.ForgetLeader(), Is.False);
        Assert.That(cluster[member].Core.Propose(new byte[1], forward: true, out _), Is.EqualTo(ProposalStatus.NotLeader));
        cluster.Pass(1);
        Assert.That((cluster[member].Core.Leader.Value, cluster[member].Core.Term), Is.EqualTo((1UL, 1UL)));
    }

    [Test]
    public void B14_without_pre_vote_a_majority_that_forgot_elects_another_at_once()
    {
        TestCluster cluster = new TestCluster(3, new RaftOptions { PreVote = false }).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster[3].Core.Campaign();
        cluster.Settle();
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.Candidate), "2 hears from its leader");
        cluster[2].Core.ForgetLeader();
        cluster[3].Core.Campaign();
        cluster.Settle();
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void B14_with_pre_vote_a_majority_that_forgot_elects_another_at_once()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster[3].Core.Campaign();
        cluster.Settle();
        Assert.That((cluster[3].Core.Role, cluster[3].Core.Term), Is.EqualTo((Role.PreCandidate, 1UL)));
        cluster[2].Core.ForgetLeader();
        cluster[3].Core.Campaign();
        cluster.Settle();
        Assert.That((cluster[3].Core.Role, cluster[3].Core.Term), Is.EqualTo((Role.Leader, 2UL)));
    }

    [Test]
    public void Forgetting_keeps_the_vote_of_the_term()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster[2].Core.ForgetLeader();
        var request = new Message { Type = MessageType.VoteRequest, From = new NodeId(3), To = new NodeId(2), Term = 1, LogIndex = 9, LogTerm = 1 };
        Assert.That(cluster[2].Step(request).Single().Reject, Is.True);
    }

    [Test]
    public void H8_reads_under_way_fail()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        ulong read = cluster[2].Core.RequestRead();
        cluster[2].Core.ForgetLeader();
        cluster.Settle();
        Assert.That(cluster[2].FailedReads, Is.EqualTo(new[] { read }));
    }
}
