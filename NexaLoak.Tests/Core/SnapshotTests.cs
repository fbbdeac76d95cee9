using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Replication;
using Raft.Core.Storage;
using static NexaLoak.Tests.Core.SnapshotSetup;

namespace NexaLoak.Tests.Core;

/// <summary>Compaction, and followers that need what is compacted away (Raft paper, section 7).</summary>
[TestFixture]
internal sealed class SnapshotTests
{
    [Test]
    public void A_follower_behind_the_base_gets_the_snapshot_in_pieces_and_goes_on_from_it()
    {
        TestCluster cluster = CutOff(3);
        SnapshotMetadata snapshot = cluster[1].TakeSnapshot(5);

        cluster.Loses = _ => false;
        cluster.Pass(3);

        Assert.Multiple(() =>
        {
            Assert.That(cluster[3].Received.Select(chunk => (chunk.Offset, chunk.Data.Length)), Is.EqualTo([(0L, 4), (4L, 4), (8L, 2)]));
            Assert.That(cluster[3].Restored, Is.EqualTo([snapshot]));
            Assert.That(cluster[3].Core.LastLogId, Is.EqualTo(cluster[1].Core.LastLogId));
            Assert.That(cluster[3].Core.CommitIndex, Is.EqualTo(cluster[1].Core.CommitIndex));
            Assert.That(cluster[3].Core.LogBase, Is.EqualTo(snapshot.Id));
        });
    }

    [Test]
    public void What_followers_in_sight_need_is_kept_within_a_limit()
    {
        var options = new RaftOptions { TrailingEntries = 1, MaxTrailingEntries = 3 };
        TestCluster near = CutOff(3, options, entries: 3);
        near[1].TakeSnapshot(4);
        TestCluster far = CutOff(3, options, entries: 8);
        far[1].TakeSnapshot(9);

        Assert.Multiple(() =>
        {
            Assert.That(near[1].Core.LogBase.Index, Is.EqualTo(1), "the follower needs entry 2");
            Assert.That(far[1].Core.LogBase.Index, Is.EqualTo(6), "the limit is three entries");
        });
    }

    [Test]
    public void Followers_out_of_sight_keep_nothing()
    {
        TestCluster cluster = CutOff(3);
        cluster.Pass(30);

        cluster[1].TakeSnapshot(5);

        Assert.That(cluster[1].Core.LogBase.Index, Is.EqualTo(5));
    }

    [Test]
    public void Base_and_snapshot_go_into_one_write_and_a_restart_finds_both()
    {
        TestCluster cluster = new TestCluster(1, KeepNothing).Elect(1);
        cluster.Propose(1);
        cluster.Settle();
        SnapshotMetadata snapshot = cluster[1].TakeSnapshot(2);
        cluster.Settle();
        cluster[1].Crash();

        Assert.Multiple(() =>
        {
            Assert.That(cluster[1].Core.Snapshot, Is.EqualTo(snapshot));
            Assert.That(cluster[1].Core.LogBase, Is.EqualTo(snapshot.Id));
            Assert.That(cluster[1].Core.LastLogId, Is.EqualTo(snapshot.Id));
        });
    }

    [Test]
    public void The_state_machine_is_restored_only_when_the_log_is_replaced_durably()
    {
        TestNode node = Follower();
        node.HoldsWrites = true;
        foreach (Message piece in Pieces(SnapshotAt(7)))
        {
            node.Step(piece);
        }

        Assert.That(node.Restored, Is.Empty);
        List<Message> answers = node.Persist();
        Assert.That(node.Restored, Has.Count.EqualTo(1));
        Assert.That(answers, Has.One.Matches<Message>(message => message is { Type: MessageType.AppendResponse, LogIndex: 7, Reject: false }));
    }

    /// <summary>Its own write and no later one: the state machine shall not wait for writes that came after the snapshot.</summary>
    [Test]
    public void The_state_machine_is_restored_with_the_write_that_replaced_the_log()
    {
        TestCluster cluster = CutOff(3);
        SnapshotMetadata snapshot = cluster[1].TakeSnapshot(5);
        cluster.Loses = _ => false;
        cluster[3].HoldsWrites = true;
        cluster.Pass(3);
        ulong replacing = cluster[3].NewestWrite;
        cluster[3].Step(new Message { Type = MessageType.HeartbeatResponse, From = new NodeId(2), To = new NodeId(3), Term = 99, Reject = true });
        Assert.That((cluster[3].NewestWrite, cluster[3].Restored.Count), Is.EqualTo((replacing + 1, 0)));
        cluster[3].Persist(replacing);
        Assert.That(cluster[3].Restored, Is.EqualTo([snapshot]));
    }

    [Test]
    public void After_lost_messages_a_transfer_waits_for_a_sign_of_life_and_goes_on_from_what_arrived()
    {
        TestCluster cluster = CutOff(3);
        cluster[1].TakeSnapshot(5);
        cluster[3].HoldsChunks = true;
        cluster.Loses = message => message.Type == MessageType.SnapshotChunk;
        cluster.Pass(3);
        int before = Chunks(cluster);
        Assert.That(before, Is.GreaterThan(0));

        cluster[1].Core.OnUnreachable(new NodeId(3));
        cluster.Settle();
        Assert.That(Chunks(cluster), Is.EqualTo(before));
        cluster.Pass(1);
        Assert.That(Chunks(cluster), Is.EqualTo(2 * before), "the follower has answered a heartbeat");

        static int Chunks(TestCluster cluster) => cluster.Sent.Count(message => message.Type == MessageType.SnapshotChunk);
    }

    [Test]
    public void A_transfer_goes_on_where_it_was_when_pieces_were_lost()
    {
        TestCluster cluster = CutOff(3);
        cluster[1].TakeSnapshot(5, size: 40);
        int chunks = 0;
        cluster.Loses = message => message.Type == MessageType.SnapshotChunk && ++chunks == 4;

        cluster.Pass(30);

        Assert.Multiple(() =>
        {
            Assert.That(cluster[3].Restored, Has.Count.EqualTo(1));
            Assert.That(cluster[3].Received.Select(chunk => chunk.Offset), Is.EqualTo(Enumerable.Range(0, 10).Select(i => i * 4L)), "no piece is taken twice");
            Assert.That(cluster.Sent.Count(message => message is { Type: MessageType.SnapshotChunk, Chunk.Offset: 0 }), Is.EqualTo(1), "it did not start over");
        });
    }

    [Test]
    public void The_next_leader_goes_on_with_the_same_snapshot()
    {
        TestNode node = Follower();
        List<Message> pieces = [.. Pieces(SnapshotAt(7))];
        node.Step(pieces[0]);

        List<Message> answers = node.Step(pieces[1] with { Term = 3, From = new NodeId(2) });

        Assert.That(node.Received, Has.Count.EqualTo(2));
        Assert.That(answers.Single(), Is.EqualTo(new Message
        {
            Type = MessageType.SnapshotResponse, From = node.Id, To = new NodeId(2), Term = 3, LogIndex = 7, LogTerm = 1, RejectHint = 8,
        }));
    }

    [Test]
    public void A_received_snapshot_that_is_damaged_is_asked_for_again()
    {
        TestNode node = Follower();
        node.HoldsChunks = true;
        List<Message> pieces = [.. Pieces(SnapshotAt(7))];
        pieces.ForEach(piece => node.Step(piece));

        node.Core.OnStagingFailed(SnapshotAt(7));

        Assert.That(node.Drain(), Has.One.Matches<Message>(message => message is { Type: MessageType.SnapshotResponse, Reject: true, RejectHint: 0 }));
        node.HoldsChunks = false;
        pieces.ForEach(piece => node.Step(piece));
        Assert.That(node.Restored, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_throttle_spreads_a_snapshot_over_ticks()
    {
        TestCluster cluster = CutOff(3, KeepNothing with { SnapshotBytesPerTick = 4 });
        cluster[1].TakeSnapshot(5, size: 40);
        cluster.Loses = _ => false;

        cluster.Pass(5);
        int early = cluster[3].Received.Count;
        cluster.Pass(10);

        Assert.That(early, Is.InRange(1, 6));
        Assert.That(cluster[3].Restored, Has.Count.EqualTo(1));
    }

    [Test]
    public void D9_An_old_append_below_the_base_is_answered_with_the_commit_index()
    {
        TestNode node = Installed(out _);
        var old = new Message { Type = MessageType.AppendRequest, From = new NodeId(1), To = node.Id, Term = 2, LogIndex = 2, LogTerm = 1, Commit = 1 };

        Assert.That(node.Step(old).Single(), Has.Property(nameof(Message.LogIndex)).EqualTo(7).And.Property(nameof(Message.Reject)).False);
    }

    [Test]
    public void D10_A_leader_never_sends_entries_behind_a_compacted_one()
    {
        TestCluster cluster = CutOff(3);
        cluster[1].TakeSnapshot(5);
        cluster.Sent.Clear();
        cluster.Loses = _ => false;

        cluster.Pass(3);

        Assert.That(cluster.Sent, Has.None.Matches<Message>(message => message is { Type: MessageType.AppendRequest, LogTerm: 0, LogIndex: > 0 }));
    }

    [Test]
    public void D22_Of_entries_that_begin_below_the_base_only_the_new_ones_are_taken()
    {
        TestNode node = Installed(out _);
        Entry[] entries = [.. Enumerable.Range(1, 9).Select(index => TestNode.EntryOf(1, (ulong)index))];

        List<Message> answers = node.Step(new Message { Type = MessageType.AppendRequest, From = new NodeId(1), To = node.Id, Term = 2, Entries = entries });

        Assert.That(answers.Single().LogIndex, Is.EqualTo(9));
        Assert.That(node.Core.LogBase.Index, Is.EqualTo(7));
    }

    [Test]
    public void F3_The_configuration_of_a_snapshot_takes_the_place_of_that_of_a_discarded_log()
    {
        TestNode node = Follower();
        var configuration = new ClusterConfiguration([new NodeId(1), new NodeId(2), new NodeId(4)]);
        foreach (Message piece in Pieces(SnapshotAt(7) with { Configuration = configuration, ConfigurationIndex = 6 }))
        {
            node.Step(piece);
        }

        Assert.That(node.Core.Configuration, Is.EqualTo(configuration));
    }

    [Test]
    public void F4_A_snapshot_at_or_below_the_commit_index_changes_nothing()
    {
        TestNode node = Installed(out SnapshotMetadata installed);

        List<Message> answers = node.Step(Pieces(SnapshotAt(6)).First());

        Assert.That(answers.Single(), Has.Property(nameof(Message.Type)).EqualTo(MessageType.AppendResponse).And.Property(nameof(Message.LogIndex)).EqualTo(7));
        Assert.That(node.Core.Snapshot, Is.EqualTo(installed));
    }

    [Test]
    public void F5_A_follower_whose_snapshot_reaches_the_end_of_an_idle_log_is_fed_entries_again()
    {
        TestCluster cluster = CutOff(3);
        cluster[1].TakeSnapshot(cluster[1].Core.LastLogId.Index);
        cluster.Loses = _ => false;

        cluster.Pass(3);

        Assert.That(StateOf(cluster[1], 3), Is.EqualTo(ProgressState.Replicate));
    }

    [Test]
    public void F6_A_follower_that_gets_the_entries_from_elsewhere_needs_the_snapshot_no_more()
    {
        TestCluster cluster = CutOff(3);
        cluster[1].TakeSnapshot(4);
        cluster.Loses = message => message.Type == MessageType.SnapshotResponse;
        cluster[3].HoldsChunks = true;
        cluster.Pass(3);
        Assert.That(StateOf(cluster[1], 3), Is.EqualTo(ProgressState.Snapshot));

        cluster[1].Core.Step(new Message
        {
            Type = MessageType.AppendResponse, From = new NodeId(3), To = new NodeId(1), Term = cluster[1].Core.Term, LogIndex = 4,
        });

        Assert.That(StateOf(cluster[1], 3), Is.EqualTo(ProgressState.Replicate));
    }

    [Test]
    public void F10_A_snapshot_and_the_entries_behind_it_come_in_order()
    {
        TestNode node = Installed(out _);

        node.Step(new Message
        {
            Type = MessageType.AppendRequest, From = new NodeId(1), To = node.Id, Term = 2, LogIndex = 7, LogTerm = 1, Commit = 8,
            Entries = new[] { TestNode.EntryOf(1, 8) },
        });

        Assert.That(node.Restored, Has.Count.EqualTo(1));
        Assert.That(node.Applicable, Is.EqualTo(8));
    }

    [Test]
    public void F12_After_a_restart_on_a_bare_snapshot_commit_index_and_last_entry_are_those_of_the_snapshot()
    {
        TestNode node = Installed(out SnapshotMetadata snapshot);
        node.Crash();

        Assert.That(node.Core.CommitIndex, Is.EqualTo(7));
        Assert.That(node.Core.LastLogId, Is.EqualTo(snapshot.Id));
        node.Core.Campaign();
        Assert.That(node.Drain().First(), Has.Property(nameof(Message.LogIndex)).EqualTo(7).And.Property(nameof(Message.LogTerm)).EqualTo(1));
    }

    [Test]
    public void F13_A_late_answer_from_an_earlier_term_changes_nothing()
    {
        TestCluster cluster = CutOff(3);
        cluster[1].TakeSnapshot(5, size: 40);
        cluster[3].HoldsChunks = true;
        cluster.Loses = _ => false;
        cluster.Pass(3);

        cluster[1].Core.Step(new Message
        {
            Type = MessageType.AppendResponse, From = new NodeId(3), To = new NodeId(1), Term = cluster[1].Core.Term - 1, LogIndex = 5,
        });

        Assert.That(StateOf(cluster[1], 3), Is.EqualTo(ProgressState.Snapshot));
    }

    [Test]
    public void B10_A_follower_that_takes_a_long_snapshot_counts_as_active()
    {
        TestCluster cluster = CutOff(3, KeepNothing with { SnapshotBytesPerTick = 1 });
        cluster[1].TakeSnapshot(5, size: 200);
        cluster.Loses = message => TestCluster.Touches(message, 2) || message.Type is MessageType.HeartbeatRequest or MessageType.HeartbeatResponse;

        cluster.Pass(60);

        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void E12_A_log_that_holds_the_snapshots_last_entry_keeps_its_suffix()
    {
        TestNode node = new TestNode(3, Three(), KeepNothing).WithPast(1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        foreach (Message piece in Pieces(SnapshotAt(7)))
        {
            node.Step(piece);
        }

        Assert.That(node.Core.LastLogId.Index, Is.EqualTo(9));
        Assert.That(node.Core.CommitIndex, Is.EqualTo(7));
        Assert.That(node.Restored, Is.Empty);
    }

    [TestCaseSource(nameof(Absurd))]
    public void K5_Pieces_that_cannot_be_right_are_ignored(SnapshotChunk? chunk)
    {
        TestNode node = Follower();

        List<Message> answers = node.Step(new Message { Type = MessageType.SnapshotChunk, From = new NodeId(1), To = node.Id, Term = 2, Chunk = chunk });

        Assert.That(answers, Is.Empty);
        Assert.That(node.Received, Is.Empty);
    }

    /// <summary>A slow driver reports on snapshots that nobody waits for any more.</summary>
    [Test]
    public void What_a_driver_reports_of_a_snapshot_that_is_not_on_its_way_changes_nothing()
    {
        TestNode node = Follower();
        node.HoldsChunks = true;
        node.Step(Pieces(SnapshotAt(7)).First());
        SnapshotMetadata other = SnapshotAt(8);
        node.Core.OnChunkWritten(other, 4);
        node.Core.OnSnapshotStaged(other);
        node.Core.OnStagingFailed(other);
        node.Core.OnChunkGone(new OutboundChunk(node.Id, new NodeId(1), 2, other, 0, 4));
        Assert.That(node.Drain(), Is.Empty);

        node.Core.OnChunkWritten(SnapshotAt(7), 4);
        Assert.That(node.Drain().Single(), Has.Property(nameof(Message.RejectHint)).EqualTo(4), "the one on its way goes on");
    }

    [Test]
    public void A_leader_drops_a_snapshot_that_it_received_as_a_follower()
    {
        TestNode node = new TestCluster(1, KeepNothing)[1];
        SnapshotMetadata snapshot = SnapshotAt(7);
        foreach (Message piece in Pieces(snapshot).Take(2))
        {
            node.Step(piece with { From = new NodeId(2), To = node.Id });
        }

        node.Core.Campaign();
        node.Drain();
        Assert.That(node.Core.Role, Is.EqualTo(Role.Leader));
        node.Core.OnSnapshotStaged(snapshot);
        node.Drain();
        Assert.That((node.Core.Role, node.Core.Snapshot, node.Core.LastLogId.Index), Is.EqualTo((Role.Leader, (SnapshotMetadata?)null, 1UL)));
    }

    [Test]
    public void An_older_snapshot_takes_nothing_back()
    {
        TestCluster cluster = CutOff(3);
        SnapshotMetadata newer = cluster[1].TakeSnapshot(5);
        cluster.Settle();
        cluster[1].Core.OnSnapshotSaved(SnapshotAt(4));
        Assert.That((cluster[1].Core.Snapshot, cluster[1].Drain().Count), Is.EqualTo((newer, 0)));
    }

    [Test]
    public void An_answer_about_a_snapshot_from_a_stranger_or_beyond_its_end_counts_for_nothing()
    {
        TestCluster cluster = CutOff(3);
        cluster[1].TakeSnapshot(5, size: 1000);
        cluster.Loses = message => message.Type == MessageType.SnapshotChunk;
        cluster.Pass(2);
        Assert.That(StateOf(cluster[1], 3), Is.EqualTo(ProgressState.Snapshot));
        var answer = new Message
        {
            Type = MessageType.SnapshotResponse, From = new NodeId(3), To = new NodeId(1), Term = cluster[1].Core.Term,
            LogIndex = 5, LogTerm = cluster[1].Core.Snapshot!.Id.Term, RejectHint = 1001,
        };
        cluster[1].Step(answer);
        cluster[1].Step(answer with { From = new NodeId(9), RejectHint = 500 });
        cluster[1].Step(answer with { LogIndex = 4, RejectHint = 500 });
        Assert.That(cluster[1].Core.ProgressOf(new NodeId(3))!.Transfer!.Acknowledged, Is.Zero);
    }

    private static IEnumerable<SnapshotChunk?> Absurd()
    {
        SnapshotMetadata snapshot = SnapshotAt(7);
        yield return null;
        yield return new SnapshotChunk(snapshot, -1, new byte[1]);
        yield return new SnapshotChunk(snapshot, 8, new byte[4]);
        yield return new SnapshotChunk(snapshot, long.MaxValue, new byte[4]);
        yield return new SnapshotChunk(snapshot, 0, default);
        yield return new SnapshotChunk(snapshot with { Size = -1 }, 0, default);
        yield return new SnapshotChunk(snapshot with { Id = new LogId(3, 7) }, 0, new byte[1]);
        yield return new SnapshotChunk(snapshot with { Id = new LogId(1, ulong.MaxValue) }, 0, new byte[1]);
        yield return new SnapshotChunk(snapshot with { Id = default }, 0, new byte[1]);
        yield return new SnapshotChunk(snapshot with { ConfigurationIndex = 8 }, 0, new byte[1]);
        yield return new SnapshotChunk(snapshot with { Configuration = ClusterConfiguration.Empty }, 0, new byte[1]);
    }

    private static TestNode Installed(out SnapshotMetadata snapshot)
    {
        TestNode node = Follower();
        snapshot = SnapshotAt(7);
        foreach (Message piece in Pieces(snapshot))
        {
            node.Step(piece);
        }

        Assert.That(node.Restored, Has.Count.EqualTo(1));
        return node;
    }

    private static ProgressState StateOf(TestNode leader, ulong peer)
    {
        var states = new Dictionary<NodeId, ProgressState>();
        leader.Core.VisitProgress(states, static (found, id, _, _, state) => found[id] = state);
        return states[new NodeId(peer)];
    }
}
