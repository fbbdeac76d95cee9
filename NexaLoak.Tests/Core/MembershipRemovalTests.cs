using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

/// <summary>Nodes on their way out, leaders among them, and those who do not know that they are out.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MembershipRemovalTests
{
    private static readonly RaftOptions Defaults = new();

    [TestCase("r1", "v2 v3")]
    [TestCase("l1", "v2 v3 l1")]
    [TestCase("r1 v4", "v2 v3 v4")]
    public void G6_a_leader_that_is_removed_leads_to_the_end_and_hands_over_without_a_tick(string change, string final)
    {
        var cluster = new TestCluster(Members("v1 v2 v3"));
        cluster.Join(4);
        cluster.Elect(1);
        cluster.Change(1, Change(change));
        LogId command = cluster.Propose(1);
        cluster.Settle();
        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Follower));
        Assert.That(cluster.Leader?.Id.Value, Is.AnyOf(2, 3, 4));
        Assert.That((cluster.Leader!.Core.Term, cluster.Leader.Core.Configuration), Is.EqualTo((3UL, Members(final))));
        Assert.That(cluster.Leader.Core.TermAt(command.Index), Is.EqualTo(command.Term));
        cluster.Pass(5 * Defaults.ElectionTicks);
        Assert.That((cluster.Leader.Core.Term, cluster[1].Core.Role), Is.EqualTo((3UL, Role.Follower)));
    }

    [Test]
    public void G6_a_leader_that_is_removed_does_not_count_itself()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Loses = message => message.From.Value == 3 && message.Type == MessageType.AppendResponse && !cluster[1].Core.Configuration.IsJoint;
        cluster.Change(1, Change("r1"));
        cluster.Settle();
        LogId command = cluster.Propose(1);
        cluster.Settle();
        Assert.That((cluster[1].Core.Role, cluster[1].Core.IsConfigurationCommitted), Is.EqualTo((Role.Leader, false)));
        Assert.That(cluster[1].Core.CommitIndex, Is.LessThan(cluster[1].Core.ConfigurationIndex), "2 alone is no majority of 2 and 3");

        cluster.Loses = _ => false;
        cluster.Pass(3);
        Assert.That(cluster.Leader?.Id.Value, Is.AnyOf(2, 3));
        Assert.That(cluster.Leader!.Core.CommitIndex, Is.GreaterThanOrEqualTo(command.Index));
    }

    [Test]
    public void G6_the_last_other_voter_takes_over_from_a_leader_that_removes_itself()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2")).Elect(1);
        cluster.Change(1, Change("r1"));
        cluster.Settle();
        Assert.That((cluster.Leader?.Id.Value, cluster[2].Core.Configuration), Is.EqualTo((2UL, Members("v2"))));
    }

    [Test]
    public void G7_a_learner_that_does_not_know_of_its_promotion_votes()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 l3")).Elect(1);
        cluster.Loses = message => message.To.Value == 3;
        cluster.Change(1, Change("v3"));
        cluster.Settle();
        Assert.That((cluster[2].Core.Configuration.IsVoter(new NodeId(3)), cluster[3].Core.Configuration.IsVoter(new NodeId(3))), Is.EqualTo((true, false)));

        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Pass(60, until: () => cluster[2].Core.Role == Role.Leader);
        Assert.That(cluster[2].Core.Role, Is.EqualTo(Role.Leader));
        cluster.Settle();
        Assert.That(cluster[3].Core.Configuration, Is.EqualTo(Members("v1 v2 v3")));
    }

    [Test]
    public void G8_a_node_on_its_way_out_acknowledges_until_it_is_out()
    {
        var cluster = new TestCluster(Members("v1 v2 v3"));
        cluster.Join(4);
        cluster.Elect(3);
        cluster.Loses = message => TestCluster.Touches(message, 2);
        cluster.Change(3, Change("r1 v4"));
        cluster.Settle();
        Assert.That((cluster[3].Core.Configuration, cluster[3].Core.IsConfigurationCommitted), Is.EqualTo((Members("v2 v3 v4"), true)));
        Assert.That((cluster[1].Core.Configuration.Contains(new NodeId(1)), cluster[1].Core.IsConfigurationCommitted), Is.EqualTo((false, true)), "1 knows that it may go");
    }

    [Test]
    public void G8_a_node_on_its_way_out_votes_until_it_is_out()
    {
        var cluster = new TestCluster(Members("v1 v2 v3"));
        cluster.Join(4);
        cluster.Elect(3);
        cluster.Loses = message => message.Type == MessageType.AppendResponse && !message.Reject && message.From.Value < 4;
        cluster.Change(3, Change("r1 v4"));
        cluster.Pass(3);
        Assert.That(new[] { 1, 2, 4 }.Select(id => (cluster[id].Core.Configuration.IsJoint, cluster[id].Core.IsConfigurationCommitted)), Is.All.EqualTo((true, false)));

        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster.Pass(100, until: () => cluster[2].Core is { Role: Role.Leader, IsConfigurationCommitted: true } || cluster[4].Core.Role == Role.Leader);
        Assert.That(cluster.Sent.Any(message => message is { Type: MessageType.VoteResponse, From.Value: 1, Reject: false }));
        cluster.Pass(30, until: () => cluster[4].Core.Configuration.Equals(Members("v2 v3 v4")));
        Assert.That(cluster[4].Core.Configuration, Is.EqualTo(Members("v2 v3 v4")));
    }

    [Test]
    public void A12_a_removed_node_that_alone_has_the_newest_entries_campaigns_and_steps_down()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3 l4")).Elect(1);
        cluster.Loses = message => message.To.Value is 2 or 4 && message.Entries.ToArray().Any(entry => entry.Type == EntryType.Configuration)
            && !cluster[1].Core.Configuration.IsJoint;
        cluster.Change(1, Change("r3 v4"));
        cluster.Settle();
        Assert.That(cluster[3].Core.Configuration, Is.EqualTo(Members("v1 v2 v4")));
        Assert.That(cluster[3].Core.IsConfigurationCommitted, Is.False);
        Assert.That((cluster[2].Core.Configuration.IsJoint, cluster[4].Core.Configuration.IsJoint), Is.EqualTo((true, true)));

        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Pass(300, until: () => cluster[2].Core.Role == Role.Leader || cluster[4].Core.Role == Role.Leader);
        Assert.That(cluster.Sent.Any(message => message is { From.Value: 3, Type: MessageType.TimeoutNowRequest }), "3 led, and handed over");
        Assert.That(new[] { 2, 4 }.Select(id => cluster[id].Core.Configuration), Is.All.EqualTo(Members("v1 v2 v4")));

        int before = Campaigns(cluster, 3);
        cluster.Loses = message => TestCluster.Touches(message, 1) || message.To.Value == 3;
        cluster.Pass(10 * Defaults.ElectionTicks);
        Assert.That((Campaigns(cluster, 3), cluster[3].Core.IsConfigurationCommitted), Is.EqualTo((before, true)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A14_a_node_that_missed_its_removal_is_told_and_keeps_quiet(bool preVote)
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3"), new RaftOptions { PreVote = preVote }).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster.Change(1, Change("r3"));
        cluster.Pass(8 * Defaults.ElectionTicks);
        ulong term = cluster[1].Core.Term;
        Assert.That(preVote || cluster[3].Core.Term > term + 2, "it campaigned alone");

        cluster.Loses = _ => false;
        cluster.Pass(3 * Defaults.ElectionTicks);
        Assert.That(cluster.Sent.Any(message => message is { To.Value: 3, Reject: true, LogIndex: > 1 }));
        int before = Campaigns(cluster, 3);
        cluster.Pass(10 * Defaults.ElectionTicks);
        Assert.That((Campaigns(cluster, 3), cluster[1].Core.Role, cluster[1].Core.Term), Is.EqualTo((before, Role.Leader, term)));
    }

    [Test]
    public void A14_a_vote_depends_on_term_and_log_and_not_on_membership()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Pass(Defaults.ElectionTicks - 1);
        var request = new Message { Type = MessageType.VoteRequest, From = new NodeId(9), To = new NodeId(2), Term = 7, LogIndex = 99, LogTerm = 5 };
        cluster[2].Tick(Defaults.ElectionTicks);
        Assert.That(cluster[2].Step(request with { LogIndex = 1, LogTerm = 1 }).Last(message => message.To.Value == 9).Reject);
        Assert.That(cluster[2].Step(request with { Term = 8 }).Last(message => message.To.Value == 9).Reject, Is.False);
    }

    [Test]
    public void A14_each_refused_vote_tells_a_removed_node_and_nothing_else_does()
    {
        TestNode voter = new TestCluster(Members("v1 v2 v3")).Elect(1)[2];
        var request = new Message { Type = MessageType.VoteRequest, From = new NodeId(9), To = new NodeId(2), Term = 1, LogIndex = 99, LogTerm = 1 };
        foreach (MessageType type in new[] { MessageType.VoteRequest, MessageType.PreVoteRequest })
        {
            Message refusal = voter.Step(request with { Type = type }).Single();
            Assert.That((refusal.Reject, refusal.LogIndex), Is.EqualTo((true, voter.Core.ConfigurationIndex)), "an old term");
        }

        Message answer = voter.Step(request with { Type = MessageType.HeartbeatRequest, LogIndex = 0, LogTerm = 0 }).Single();
        Assert.That((answer.Type, answer.LogIndex), Is.EqualTo((MessageType.HeartbeatResponse, 0UL)));

        voter.Core.ForgetLeader();
        Message grant = voter.Step(request with { Term = 8, LogTerm = 5 }).Single(message => message.To.Value == 9);
        Assert.That((grant.Reject, grant.LogIndex), Is.EqualTo((false, 0UL)));
    }

    [Test]
    public void A_node_that_was_told_is_a_member_again_when_a_leader_calls()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster.Change(1, Change("r3"));
        cluster.Pass(6 * Defaults.ElectionTicks);
        cluster.Loses = _ => false;
        cluster.Pass(3 * Defaults.ElectionTicks);
        cluster.Change(1, Change("v3"));
        cluster.Pass(3);
        Assert.That(cluster[3].Core.Configuration, Is.EqualTo(Members("v1 v2 v3")));
        cluster[1].Core.TransferLeadership(new NodeId(3));
        cluster.Settle();
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void A_notice_that_is_older_than_what_the_node_knows_is_ignored()
    {
        TestNode node = new TestCluster(Members("v1 v2 v3"))[3];
        var notice = new Message { Type = MessageType.PreVoteResponse, From = new NodeId(1), To = new NodeId(3), Term = 1, Reject = true };
        node.Step(notice);
        node.Core.Campaign();
        Assert.That(node.Core.Role, Is.EqualTo(Role.PreCandidate));
        node.Step(notice with { LogIndex = 1 });
        node.Core.Campaign();
        Assert.That(node.Core.Role, Is.EqualTo(Role.Follower), "the committed configuration at 1 has no place for it");
    }

    [Test]
    public void G16_whoever_left_and_knows_it_is_fed_no_more()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3 l4")).Elect(1);
        cluster.Change(1, Change("r3 r4"));
        cluster.Settle();
        Assert.That(Peers(cluster[1]), Is.EqualTo(new ulong[] { 2 }));
        Assert.That((cluster[3].Core.Configuration, cluster[3].Core.IsConfigurationCommitted), Is.EqualTo((Members("v1 v2"), true)));
        Assert.That(cluster[4].Core.Configuration.Contains(new NodeId(4)), Is.False);
    }

    [Test]
    public void G16_a_leader_that_leads_again_meanwhile_lets_go_of_whoever_left()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Loses = message => message.Type == MessageType.AppendResponse && !cluster[1].Core.Configuration.IsJoint;
        cluster.Change(1, Change("r3"));
        cluster.Settle();
        Assert.That((cluster[1].Core.Configuration, cluster[1].Core.IsConfigurationCommitted), Is.EqualTo((Members("v1 v2"), false)));

        ulong higher = cluster[1].Core.Term + 1;
        cluster[1].Step(new Message { Type = MessageType.HeartbeatResponse, From = new NodeId(2), To = new NodeId(1), Term = higher, Reject = true });
        cluster.Loses = _ => false;
        cluster[2].Core.ForgetLeader();
        cluster.Elect(1);
        Assert.That((Peers(cluster[1]), cluster[1].Core.IsConfigurationCommitted), Is.EqualTo((new List<ulong> { 2 }, true)));
    }

    [Test]
    public void G16_whoever_left_and_does_not_answer_is_fed_for_four_election_timeouts()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3 l4")).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 4);
        cluster.Change(1, Change("r4"));
        cluster.Settle();
        cluster.Pass((4 * Defaults.ElectionTicks) - 1);
        Assert.That(Peers(cluster[1]), Is.EqualTo(new ulong[] { 2, 3, 4 }));
        cluster.Pass(1);
        Assert.That(Peers(cluster[1]), Is.EqualTo(new ulong[] { 2, 3 }));
    }

    /// <summary>The time begins when the removal is committed: until then the node may have to come back.</summary>
    [Test]
    public void G16_the_time_of_whoever_leaves_begins_with_the_commit()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3 l4")).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 4) || message.Type == MessageType.AppendResponse;
        cluster.Change(1, Change("r4"));
        cluster.Pass(5 * Defaults.ElectionTicks);
        Assert.That(cluster[1].Core.IsConfigurationCommitted, Is.False);
        cluster.Loses = message => TestCluster.Touches(message, 4);
        cluster.Pass(2);
        Assert.That((cluster[1].Core.IsConfigurationCommitted, Peers(cluster[1])), Is.EqualTo((true, new List<ulong> { 2, 3, 4 })));
    }

    private static int Campaigns(TestCluster cluster, ulong id)
        => cluster.Sent.Count(message => message.From.Value == id && message.Type is MessageType.VoteRequest or MessageType.PreVoteRequest);

    private static List<ulong> Peers(TestNode node)
    {
        var peers = new List<ulong>();
        node.Core.VisitProgress(peers, static (found, peer, _, _, _) => found.Add(peer.Value));
        return peers;
    }
}
