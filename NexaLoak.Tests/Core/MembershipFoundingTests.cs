using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

/// <summary>Where a node's configuration comes from: founding, its log, its disk, its leader.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MembershipFoundingTests
{
    private static readonly RaftOptions Defaults = new();

    [Test]
    public void Founding_nodes_share_a_committed_first_entry()
    {
        ClusterConfiguration founding = Members("v1 v2 v3 l4");
        var cluster = new TestCluster(founding);
        foreach (TestNode node in cluster.Nodes)
        {
            Assert.That((node.Core.Term, node.Core.LastLogId, node.Core.CommitIndex, node.Applicable), Is.EqualTo((1UL, new LogId(1, 1), 1UL, 1UL)));
            Assert.That((node.Core.Configuration, node.Core.ConfigurationIndex, node.Core.IsConfigurationCommitted), Is.EqualTo((founding, 1UL, true)));
        }

        Assert.That(cluster.Elect(2)[2].Core.Term, Is.EqualTo(2));
        Assert.That(cluster[4].Core.CommitIndex, Is.EqualTo(2));
    }

    [Test]
    public void Founding_survives_a_crash_at_any_time()
    {
        var node = new TestNode(1, ClusterConfiguration.Empty, Defaults) { HoldsWrites = true };
        node.Core.Bootstrap(Members("v1 v2 v3"));
        node.Drain();
        Assert.That(node.Applicable, Is.Zero, "the entry is not durable yet");
        Assert.That(node.Crash().Core.Configuration.IsEmpty);

        node.Core.Bootstrap(Members("v1 v2 v3"));
        node.Drain();
        node.Persist();
        Assert.That(node.Crash().Core.Configuration, Is.EqualTo(Members("v1 v2 v3")));
        Assert.That((node.Core.CommitIndex, node.Core.ConfigurationIndex, node.Core.IsConfigurationCommitted), Is.EqualTo((1UL, 1UL, true)));
    }

    [Test]
    public void Only_a_node_without_a_past_founds_a_cluster()
    {
        void Founds(RaftCore core) => Assert.That(
            () => core.Bootstrap(Members("v1 v2")), Throws.InvalidOperationException.With.Message.Contain("belongs to a cluster already"));

        Founds(new TestCluster(3)[1].Core);
        Founds(new TestCluster(Members("v1 v2"))[1].Core);
        var node = new TestNode(1, ClusterConfiguration.Empty, Defaults);
        node.Step(new Message { Type = MessageType.HeartbeatRequest, From = new NodeId(2), To = new NodeId(1), Term = 3 });
        Founds(node.Core);
    }

    [TestCase("v2 v3", TestName = "Nobody_founds_a_cluster_of_others")]
    [TestCase("w1 w2", TestName = "Nobody_founds_a_cluster_of_witnesses")]
    public void Founding_is_refused(string members)
        => Assert.That(
            () => new TestNode(1, ClusterConfiguration.Empty, Defaults).Core.Bootstrap(Members(members)),
            Throws.ArgumentException.With.Message.Contain("can't found a cluster"));

    [Test]
    public void A_node_that_knows_of_no_cluster_does_not_campaign_and_votes()
    {
        var node = new TestNode(9, ClusterConfiguration.Empty, Defaults);
        node.Tick(100);
        Assert.That((node.Drain().Count, node.Core.Role, node.Core.Term), Is.EqualTo((0, Role.Follower, 0UL)));
        Message answer = node.Step(new Message { Type = MessageType.VoteRequest, From = new NodeId(1), To = new NodeId(9), Term = 5 }).Single();
        Assert.That((answer.Reject, answer.LogIndex), Is.EqualTo((false, 0UL)));
    }

    [Test]
    public void G13_a_truncated_configuration_falls_back_to_the_one_before()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Loses = message => TestCluster.Between(message, 1, 2) || TestCluster.Between(message, 1, 3);
        cluster.Change(1, Change("v4 v5"));
        cluster.Settle();
        Assert.That(cluster[1].Core.Configuration.IsJoint);

        cluster.Pass(4 * Defaults.ElectionTicks, until: () => cluster[2].Core.Role == Role.Leader || cluster[3].Core.Role == Role.Leader);
        cluster.Loses = _ => false;
        cluster.Pass(Defaults.ElectionTicks);
        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Follower));
        Assert.That(cluster.Nodes.Select(node => node.Core.Configuration), Is.All.EqualTo(Members("v1 v2 v3")));
        Assert.That((cluster[1].Core.ConfigurationIndex, cluster[1].Core.IsConfigurationCommitted), Is.EqualTo((1UL, true)));
    }

    [Test]
    public void A_restart_finds_the_configurations_of_the_log_and_which_are_committed()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3")).Elect(1);
        cluster.Loses = message => message.Type == MessageType.AppendResponse;
        LogId change = cluster.Change(1, Change("l4"));
        cluster.Settle();
        RaftCore core = cluster[2].Crash().Core;
        Assert.That((core.Configuration, core.ConfigurationIndex, core.IsConfigurationCommitted), Is.EqualTo((Members("v1 v2 v3 l4"), change.Index, false)));
    }

    [Test]
    public void A_snapshot_brings_its_configuration_and_what_it_covers_is_not_read_again()
    {
        var covered = new Entry(1, 4, EntryType.Configuration, ConfigurationCodec.Encode(Members("v1")));
        Entry newer = covered with { Index = 8, Payload = ConfigurationCodec.Encode(Members("v1 v3")) };
        var recovered = new RecoveredState(new HardState(1, NodeId.None, 6), new LogId(1, 3), 9, [new TermRun(4, 1)])
        {
            Snapshot = new SnapshotMetadata(new LogId(1, 5), Members("v1 v2"), 4, 0, 0),
            Configurations = [covered, newer],
        };
        var history = new ConfigurationHistory(ClusterConfiguration.Empty, recovered, commit: 6);
        Assert.That((history.Current, history.CurrentIndex, history.Committed, history.CommittedIndex), Is.EqualTo((Members("v1 v3"), 8UL, Members("v1 v2"), 4UL)));
        history.TruncateFrom(8);
        Assert.That((history.Current, history.IsCommitted), Is.EqualTo((Members("v1 v2"), true)));
        Assert.That(() => history.TruncateFrom(4), Throws.TypeOf<Raft.Core.RaftInvariantException>());
        history.Reset(Members("v5"), 20);
        Assert.That((history.Current, history.CurrentIndex, history.IsCommitted), Is.EqualTo((Members("v5"), 20UL, true)));
    }

    [Test]
    public void A_damaged_configuration_on_the_own_disk_stops_the_node()
    {
        var entry = new Entry(1, 1, EntryType.Configuration, new byte[] { 99 });
        var recovered = new RecoveredState(new HardState(1, NodeId.None, 1), default, 1, [new TermRun(1, 1)]) { Configurations = [entry] };
        Assert.That(() => new ConfigurationHistory(ClusterConfiguration.Empty, recovered, 1), Throws.TypeOf<StorageCorruptedException>());
    }

    [TestCase(new byte[] { 99 }, TestName = "A_peers_message_with_a_damaged_configuration_changes_nothing")]
    [TestCase(new byte[] { 1, 0, 0, 0, 0, 0, 0 }, TestName = "A_peers_message_with_an_empty_configuration_changes_nothing")]
    public void Bad_configurations_are_ignored(byte[] payload)
    {
        TestNode node = new TestCluster(Members("v1 v2"))[1];
        var request = new Message
        {
            Type = MessageType.AppendRequest, From = new NodeId(2), To = new NodeId(1), Term = 2, LogIndex = 1, LogTerm = 1,
            Entries = new[] { new Entry(2, 2, EntryType.Configuration, payload) },
        };
        Assert.That(node.Step(request), Is.Empty);
        Assert.That((node.Core.Term, node.Core.LastLogId), Is.EqualTo((1UL, new LogId(1, 1))));
    }
}
