using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

/// <summary>Which changes a leader takes, and when.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MembershipProposalTests
{
    [Test]
    public void G1_no_change_before_an_entry_of_the_own_term_is_committed()
    {
        var cluster = new TestCluster(Members("v1 v2 v3 v4"));
        cluster.Join(5);
        cluster.Elect(1);
        cluster.Loses = message => message.To.Value is 2 or 3 or 4;
        cluster.Change(1, Change("v5"));
        cluster.Settle();

        cluster.Loses = message => TestCluster.Touches(message, 1) || message.Type == MessageType.AppendResponse;
        cluster.Pass(40, until: () => cluster[2].Core.Role == Role.Leader || !Campaigns(cluster, 2));
        Assert.That(cluster[2].Core.ProposeConfiguration(Change("r1"), null, out _), Is.EqualTo(ConfigurationStatus.NoCommitInTerm));

        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Pass(2);
        cluster.Change(2, Change("r1"));
        cluster.Settle();
        Assert.That((cluster[2].Core.Configuration, cluster[2].Core.IsConfigurationCommitted), Is.EqualTo((Members("v2 v3 v4"), true)));

        cluster.Loses = _ => false;
        cluster[1].Core.Campaign();
        cluster.Pass(40);
        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Follower));
        Assert.That(new[] { 2, 3, 4 }.Select(id => cluster[id].Core.Configuration), Is.All.EqualTo(Members("v2 v3 v4")));
    }

    [Test]
    public void G5_a_second_change_is_judged_by_the_first_although_nothing_is_committed()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        LogId first = cluster.Change(1, Change("l4"));
        Assert.That(Propose(cluster, 1, "l5"), Is.EqualTo(ConfigurationStatus.ChangeInFlight));
        cluster.Settle();
        Assert.That(cluster[1].Core.ProposeConfiguration(Change("l5"), first.Index, out _), Is.EqualTo(ConfigurationStatus.Appended));
        Assert.That(cluster[1].Core.Configuration, Is.EqualTo(Members("v1 v2 v3 l4 l5")));
    }

    [Test]
    public void G12_of_two_clients_that_change_the_same_configuration_one_wins()
    {
        var cluster = new TestCluster(Members("v1 v2 v3"));
        cluster.Join(4);
        cluster.Join(5);
        cluster.Elect(1);
        ulong seen = cluster[1].Core.ConfigurationIndex;
        ConfigurationStatus Rival() => cluster[1].Core.ProposeConfiguration(Change("r3 v5"), seen, out _);

        var phases = new List<ConfigurationStatus>();
        Assert.That(cluster[1].Core.ProposeConfiguration(Change("r3 v4"), seen, out _), Is.EqualTo(ConfigurationStatus.Appended));
        phases.Add(Rival());
        cluster.Loses = message => message.Type == MessageType.AppendResponse && !cluster[1].Core.Configuration.IsJoint;
        cluster.Settle();
        Assert.That((cluster[1].Core.Configuration.IsJoint, cluster[1].Core.IsConfigurationCommitted), Is.EqualTo((false, false)));
        phases.Add(Rival());
        cluster.Loses = _ => false;
        cluster.Pass(2);
        phases.Add(Rival());
        Assert.That(phases, Is.EqualTo(new[]
        {
            ConfigurationStatus.ChangeInFlight, ConfigurationStatus.ChangeInFlight, ConfigurationStatus.IndexMismatch,
        }));
        Assert.That(new[] { 1, 2, 4 }.Select(id => cluster[id].Core.Configuration), Is.All.EqualTo(Members("v1 v2 v4")));
    }

    [Test]
    public void G16_a_change_that_is_not_possible_leaves_the_log_as_it_was()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2")).Elect(1);
        LogId last = cluster[1].Core.LastLogId;
        Assert.That(Propose(cluster, 1, "r1 r2"), Is.EqualTo(ConfigurationStatus.Refused));
        Assert.That(Propose(cluster, 1, "v1"), Is.EqualTo(ConfigurationStatus.Refused));
        Assert.That(Propose(cluster, 2, "l3"), Is.EqualTo(ConfigurationStatus.NotLeader));
        Assert.That(cluster[1].Core.LastLogId, Is.EqualTo(last));
    }

    [Test]
    public void C4_no_change_during_a_transfer_and_no_transfer_to_one_who_leaves()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3 l4 w5")).Elect(1);
        cluster.Loses = message => message.Type == MessageType.TimeoutNowRequest;
        cluster[1].Core.TransferLeadership(new NodeId(2));
        Assert.That(Propose(cluster, 1, "r2"), Is.EqualTo(ConfigurationStatus.LeadershipTransfer));
        cluster.Pass(10);
        Assert.That(cluster[1].Core.TransferTarget, Is.EqualTo(NodeId.None));

        cluster.Loses = message => message.Type == MessageType.AppendResponse;
        cluster.Change(1, Change("r2"));
        foreach (ulong target in (ulong[])[2, 4, 5])
        {
            Assert.That(cluster[1].Core.TransferLeadership(new NodeId(target)), Is.EqualTo(TransferStatus.NoTarget), $"{target}");
        }
    }

    [Test]
    public void C4_a_transfer_in_the_joint_state_goes_on_while_the_change_ends()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Change(1, Change("r3"));
        Assert.That(cluster[1].Core.TransferLeadership(new NodeId(2)), Is.EqualTo(TransferStatus.Started));
        cluster.Settle();
        Assert.That((cluster[2].Core.Role, cluster[2].Core.Configuration, cluster[2].Core.IsConfigurationCommitted), Is.EqualTo((Role.Leader, Members("v1 v2"), true)));
    }

    [Test]
    public void A_learner_that_lags_is_not_promoted()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 l3"), new RaftOptions { PromotionLag = 2 }).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster.Propose(1);
        cluster.Propose(1);
        cluster.Settle();
        Assert.That(Propose(cluster, 1, "l9"), Is.EqualTo(ConfigurationStatus.Appended));
        cluster.Settle();
        Assert.That(Propose(cluster, 1, "v3"), Is.EqualTo(ConfigurationStatus.LearnerLags));

        cluster.Loses = _ => false;
        cluster.Pass(2);
        Assert.That(Propose(cluster, 1, "v3"), Is.EqualTo(ConfigurationStatus.Appended));
    }

    [Test]
    public void A_learner_is_promoted_when_it_lags_by_as_much_as_is_allowed_and_no_more()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 l3"), new RaftOptions { PromotionLag = 2 }).Elect(1);
        cluster.Loses = message => message.From.Value == 3 && message.Type == MessageType.AppendResponse;
        cluster.Propose(1);
        cluster.Propose(1);
        cluster.Settle();
        cluster.Propose(1);
        Assert.That(Propose(cluster, 1, "v3"), Is.EqualTo(ConfigurationStatus.LearnerLags));
        Assert.That(Propose(cluster, 1, "v3 l4"), Is.EqualTo(ConfigurationStatus.LearnerLags), "one of several steps");

        cluster = new TestCluster(Members("v1 v2 l3"), new RaftOptions { PromotionLag = 2 }).Elect(1);
        cluster.Loses = message => message.From.Value == 3 && message.Type == MessageType.AppendResponse;
        cluster.Propose(1);
        cluster.Propose(1);
        cluster.Settle();
        Assert.That(Propose(cluster, 1, "v3"), Is.EqualTo(ConfigurationStatus.Appended));
    }

    [Test]
    public void A_learner_that_was_never_heard_of_is_not_promoted_and_a_new_voter_is_taken()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2")).Elect(1);
        cluster.Change(1, Change("l3"));
        cluster.Settle();
        Assert.That(Propose(cluster, 1, "v3"), Is.EqualTo(ConfigurationStatus.LearnerLags));
        Assert.That(Propose(cluster, 1, "v4"), Is.EqualTo(ConfigurationStatus.Appended));
    }

    [Test]
    public void What_counts_as_uncommitted_are_commands_alone()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Loses = message => message.Type == MessageType.AppendResponse;
        cluster.Propose(1);
        cluster.Change(1, Change("v4 l5"));
        cluster.Propose(1);
        cluster.Settle();
        Assert.That(cluster[1].Core.UncommittedBytes, Is.EqualTo(2 * (1 + Entry.Overhead)));
        cluster.Join(4);
        cluster.Loses = _ => false;
        cluster.Pass(3);
        Assert.That((cluster[1].Core.UncommittedBytes, cluster[1].Core.CommitIndex), Is.EqualTo((0L, cluster[1].Core.LastLogId.Index)));
    }

    private static ConfigurationStatus Propose(TestCluster cluster, int id, string change)
        => cluster[id].Core.ProposeConfiguration(Change(change), null, out _);

    /// <summary>Makes the node campaign at a moment when nobody hears from a leader. Returns true as long as it has not won.</summary>
    private static bool Campaigns(TestCluster cluster, int id)
    {
        cluster[id].Core.Campaign();
        cluster.Settle();
        return cluster[id].Core.Role != Role.Leader;
    }
}
