using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

/// <summary>The way through a joint configuration: who decides, and how it ends.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MembershipJointTests
{
    private static readonly RaftOptions Defaults = new();

    [Test]
    public void D12_what_follows_a_configuration_needs_its_quorum()
    {
        TestCluster cluster = new TestCluster(Members("v1")).Elect(1);
        cluster.Change(1, Change("v2 v3"));
        LogId command = cluster.Propose(1);
        cluster.Settle();
        Assert.That(cluster[1].Core.StableIndex, Is.EqualTo(command.Index));
        Assert.That(cluster[1].Core.CommitIndex, Is.LessThan(command.Index - 1));

        cluster.Join(2);
        cluster.Pass(3);
        Assert.That((cluster[1].Core.CommitIndex, cluster[1].Core.Configuration), Is.EqualTo((command.Index + 1, Members("v1 v2 v3"))));
    }

    [Test]
    public void G4_the_joint_state_is_left_once_and_without_a_tick()
    {
        TestCluster cluster = Joined("v1 v2 v3", "v4 v5").Elect(1);
        cluster.Propose(1);
        cluster.Change(1, Change("v4 v5 r2"));
        cluster.Propose(1);
        cluster.Propose(1);
        cluster.Settle();
        foreach (int id in new[] { 1, 3, 4, 5 })
        {
            ClusterConfiguration[] seen = [.. cluster[id].Disk.Durable.Configurations().Select(entry => ConfigurationCodec.Decode(entry.Payload.Span))];
            Assert.That(seen.Select(configuration => configuration.ToString()), Is.EqualTo(new[] { "(1 2 3)", "(1 3 4 5)&&(1 2 3)", "(1 3 4 5)" }));
            Assert.That(cluster[id].Core.IsConfigurationCommitted);
        }
    }

    [Test]
    public void G2_a_leader_elected_in_the_joint_state_ends_it()
    {
        TestCluster cluster = Joined("v1 v2 v3", "v4").Elect(1);
        cluster.Loses = message => CarriesFinal(message);
        cluster.Change(1, Change("v4 r3"));
        cluster.Pass(2);
        Assert.That((cluster[2].Core.Configuration.IsJoint, cluster[2].Core.IsConfigurationCommitted), Is.EqualTo((true, true)));

        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster.Pass(60, until: () => cluster[2].Core.Role == Role.Leader || cluster[4].Core.Role == Role.Leader || cluster[3].Core.Role == Role.Leader);
        cluster.Pass(60, until: () => cluster[2].Core.Configuration.Equals(Members("v1 v2 v4")) && cluster[2].Core.IsConfigurationCommitted);
        Assert.That(cluster[2].Core.Configuration, Is.EqualTo(Members("v1 v2 v4")));
        Assert.That(cluster[4].Core.Configuration, Is.EqualTo(Members("v1 v2 v4")));
    }

    [Test]
    public void G9_a_recovered_joint_configuration_is_committed_again_and_then_left()
    {
        TestCluster cluster = Joined("v1 v2 v3", "v4").Elect(1);
        cluster.Loses = message => message.Type == MessageType.AppendResponse;
        cluster.Change(1, Change("v4 r1"));
        cluster.Pass(2);
        CrashAll(cluster);
        Assert.That(cluster.Nodes.Count(node => node.Core.Configuration.IsJoint), Is.GreaterThan(2));

        cluster.Loses = _ => false;
        cluster.Elect(2);
        Assert.That((cluster[2].Core.Configuration, cluster[2].Core.IsConfigurationCommitted), Is.EqualTo((Members("v2 v3 v4"), true)));
    }

    [Test]
    public void G3_a_quorum_of_the_old_half_alone_elects_nobody()
    {
        TestCluster cluster = Joined("v1 v2 v3", "v4 v5", new RaftOptions { PreVote = false }).Elect(3);
        cluster.Loses = message => message.To.Value == 1 || (message.To.Value == 2 && CarriesFinal(message));
        cluster.Change(3, Change("r1 r2 v4 v5"));
        cluster.Settle();
        Assert.That((cluster[3].Core.Configuration, cluster[3].Core.IsConfigurationCommitted), Is.EqualTo((Members("v3 v4 v5"), true)));
        Assert.That(cluster[1].Core.Configuration, Is.EqualTo(Members("v1 v2 v3")));

        cluster.Loses = message => message.From.Value > 2 != message.To.Value > 2;
        cluster.Pass(200, until: () => cluster[1].Core.Role == Role.Leader || cluster[2].Core.Role == Role.Leader);
        Assert.That(cluster[1].Core.Term, Is.GreaterThan(cluster[3].Core.Term), "1 campaigns in vain");
        Assert.That(cluster.Nodes.Where(node => node.Core.Role == Role.Leader).Select(node => node.Id.Value), Is.EqualTo(new[] { 3 }));
    }

    [Test]
    public void H5_a_read_that_waits_is_released_when_the_quorum_shrinks()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Loses = message => message.Type == MessageType.HeartbeatResponse;
        ulong read = cluster[1].Core.RequestRead();
        cluster.Settle();
        Assert.That(cluster[1].Reads, Is.Empty);
        cluster.Change(1, Change("r2 r3"));
        cluster.Settle();
        Assert.That(cluster[1].Reads.Select(state => state.Context), Is.EqualTo(new[] { read }));
    }

    [Test]
    public void H5_reads_of_a_leader_that_was_removed_are_served_or_dropped_and_never_late()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Loses = message => message.Type == MessageType.HeartbeatResponse;
        cluster[1].Core.RequestRead();
        cluster.Change(1, Change("r1"));
        cluster.Settle();
        (int Served, int Dropped) ended = (cluster[1].Reads.Count, cluster[1].FailedReads.Count);
        Assert.That((cluster[1].Core.Role, ended.Served + ended.Dropped), Is.EqualTo((Role.Follower, 1)));
        cluster.Loses = _ => false;
        cluster.Pass(30);
        Assert.That((cluster[1].Reads.Count, cluster[1].FailedReads.Count), Is.EqualTo(ended));
    }

    [Test]
    public void A_leader_needs_both_halves_to_stay()
    {
        TestCluster cluster = Joined("v1 v2 v3", "v4 v5").Elect(1);
        cluster.Loses = message => message.From.Value > 3;
        cluster.Change(1, Change("r2 r3 v4 v5"));
        cluster.Pass(2 * Defaults.ElectionTicks);
        Assert.That(cluster[1].Core.Role, Is.Not.EqualTo(Role.Leader));
    }

    [Test]
    public void G10_the_newest_entries_with_those_who_leave_and_everybody_restarts()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3 v4 v5")).Elect(1);
        cluster.Loses = message => message.To.Value > 3 && CarriesFinal(message);
        cluster.Change(1, Change("r1 r2 r3"));
        cluster.Settle();
        Assert.That(cluster.Nodes.Select(node => node.Core.Configuration.IsJoint), Is.EqualTo(new[] { false, false, false, true, true }));

        CrashAll(cluster);
        cluster.Loses = _ => false;
        cluster.Pass(200, until: () => cluster[4].Core.Role == Role.Leader || cluster[5].Core.Role == Role.Leader);
        Assert.That(cluster.Leader?.Id.Value, Is.AnyOf(4, 5));
        Assert.That(cluster.Leader!.Core.Configuration, Is.EqualTo(Members("v4 v5")));
    }

    /// <summary>The power goes everywhere after each number of messages: then a leader emerges, and the change is done or undone.</summary>
    [Test]
    public void G10_a_crash_of_everybody_at_any_stage_of_a_change_leaves_a_cluster_that_works(
        [Values("r1 r2 r3", "r1 v6", "v6 v7", "l1 l2 v6", "r3 r4 r5 v6 v7")] string change)
    {
        for (int delivered = 0; delivered < 60; delivered++)
        {
            TestCluster cluster = Joined("v1 v2 v3 v4 v5", "v6 v7").Elect(1);
            int left = delivered;
            cluster.Loses = _ => left-- <= 0;
            cluster.Change(1, Change(change));
            cluster.Settle();
            CrashAll(cluster);
            cluster.Loses = _ => false;
            bool Works() => cluster.Leader is { Core: { IsConfigurationCommitted: true, Configuration.IsJoint: false } } leader
                && leader.Core.Configuration.IsVoter(leader.Id) && leader.Core.CommitIndex == leader.Core.LastLogId.Index;
            cluster.Pass(300, until: Works);
            Assert.That(Works(), $"{delivered} messages delivered");
            cluster.Pass(3);
            ClusterConfiguration agreed = cluster.Leader!.Core.Configuration;
            Assert.That(agreed.Members.Select(id => cluster[(int)id.Value].Core.Configuration), Is.All.EqualTo(agreed), $"{delivered} messages delivered");
        }
    }

    private static bool CarriesFinal(Message message)
        => message.Entries.ToArray().Any(entry => entry.Type == EntryType.Configuration && entry.Index > 1 && !ConfigurationCodec.Decode(entry.Payload.Span).IsJoint);

    private static TestCluster Joined(string founders, string joiners, RaftOptions? options = null)
    {
        var cluster = new TestCluster(Members(founders), options);
        foreach (NodeId id in Members(joiners).Members)
        {
            cluster.Join((int)id.Value);
        }

        return cluster;
    }

    private static void CrashAll(TestCluster cluster)
    {
        foreach (TestNode node in cluster.Nodes)
        {
            node.Crash();
        }
    }
}
