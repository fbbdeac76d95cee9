using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using static NexaLoak.Tests.Core.SnapshotSetup;

namespace NexaLoak.Tests.Core;

/// <summary>Each piece of a snapshot and its answer, on both sides; snapshots have 10 bytes, and pieces 4.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SnapshotPieceTests
{
    [Test]
    public void A_piece_that_is_known_is_answered_with_what_is_written_and_not_taken_again()
    {
        TestNode node = Follower();
        Message first = Pieces(SnapshotAt(7)).First();
        node.Step(first);
        Assert.That(Answer(node, first), Is.EqualTo((false, 4UL)));
        Assert.That(node.Received, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_gap_is_answered_with_what_was_taken_written_or_not()
    {
        TestNode node = Follower();
        node.HoldsChunks = true;
        Message[] pieces = [.. Pieces(SnapshotAt(7))];
        node.Step(pieces[0]);
        Assert.That(Answer(node, pieces[2]), Is.EqualTo((true, 4UL)));
    }

    /// <summary>The next piece begins where the one that overlapped ended.</summary>
    [Test]
    public void Of_a_piece_that_overlaps_the_new_part_is_taken()
    {
        TestNode node = Follower();
        SnapshotMetadata snapshot = SnapshotAt(7);
        Message first = Pieces(snapshot).First();
        node.Step(first);
        node.Step(first with { Chunk = new SnapshotChunk(snapshot, 2, new byte[4]) });
        node.Step(first with { Chunk = new SnapshotChunk(snapshot, 6, new byte[4]) });
        Assert.That(node.Received.Select(chunk => (chunk.Offset, chunk.Data.Length)), Is.EqualTo(new[] { (0L, 4), (4L, 2), (6L, 4) }));
    }

    [Test]
    public void No_more_is_taken_than_the_window_holds_unwritten()
    {
        TestNode node = new(3, Three(), KeepNothing with { MaxInflightSnapshotChunks = 2 });
        node.HoldsChunks = true;
        Message[] pieces = [.. Pieces(SnapshotAt(7))];
        node.Step(pieces[0]);
        node.Step(pieces[1]);
        Assert.That(Answer(node, pieces[2]), Is.EqualTo((true, 8UL)));
        Assert.That(node.Received, Has.Count.EqualTo(2));
        node.Core.OnChunkWritten(SnapshotAt(7), 4);
        node.Step(pieces[2]);
        Assert.That(node.Received, Has.Count.EqualTo(3));
    }

    [Test]
    public void A_snapshot_up_to_the_commit_index_is_answered_with_that()
    {
        TestNode node = new TestNode(3, Three(), KeepNothing).WithPast(1, 0, 1, 1, 1, 1, 1, 1, 1);
        node.Step(new Message { Type = MessageType.HeartbeatRequest, From = new NodeId(1), To = node.Id, Term = 2, Commit = 7 });
        Message answer = node.Step(Pieces(SnapshotAt(7)).First()).Single();
        Assert.That((answer.Type, answer.LogIndex, answer.Reject, node.Received.Count), Is.EqualTo((MessageType.AppendResponse, 7UL, false, 0)));
    }

    [Test]
    public void Who_knows_no_leader_answers_nobody()
    {
        TestNode node = Follower();
        node.HoldsChunks = true;
        node.Step(Pieces(SnapshotAt(7)).First());
        node.Core.ForgetLeader();
        node.Core.OnChunkWritten(SnapshotAt(7), 4);
        Assert.That(node.Drain(), Is.Empty);
    }

    [TestCase(0UL, 1UL)]
    [TestCase(7UL, 0UL)]
    public void A_snapshot_of_no_entry_is_ignored(ulong index, ulong term)
    {
        TestNode node = Follower();
        Message first = Pieces(SnapshotAt(7) with { Id = new LogId(term, index), ConfigurationIndex = 0 }).First();
        Assert.That(node.Step(first), Is.Empty);
        Assert.That(node.Received, Is.Empty);
    }

    [Test]
    public void A_snapshot_of_the_highest_index_is_taken()
    {
        TestNode node = Follower();
        node.Step(Pieces(SnapshotAt(RaftCore.MaxTerm)).First());
        Assert.That(node.Received, Has.Count.EqualTo(1), "indexes go as far as terms");
    }

    [Test]
    public void A_throttle_lets_a_piece_through_for_each_piece_that_a_tick_allows()
    {
        TestCluster cluster = CutOff(3, KeepNothing with { SnapshotBytesPerTick = 4 });
        cluster.Pass(1);
        cluster[1].TakeSnapshot(5, size: 40);
        cluster.Loses = message => message.Type == MessageType.SnapshotChunk;
        for (int pieces = 1; pieces <= 4; pieces++)
        {
            cluster.Pass(1);
            Assert.That(cluster.Sent.Count(message => message.Type == MessageType.SnapshotChunk), Is.EqualTo(pieces));
        }
    }

    /// <summary>Nothing tells of a gap when all that was under way is lost.</summary>
    [Test]
    public void What_was_lost_whole_is_sent_again_after_an_election_timeout()
    {
        TestCluster cluster = CutOff(3);
        cluster[1].TakeSnapshot(5);
        cluster.Loses = message => message.Type == MessageType.SnapshotChunk;
        cluster.Pass(2);
        cluster.Loses = _ => false;
        cluster.Pass(KeepNothing.ElectionTicks + 2);
        Assert.That(cluster[3].Restored, Has.Count.EqualTo(1));
    }

    [Test]
    public void Who_shows_no_sign_of_life_is_sent_no_snapshot()
    {
        TestCluster cluster = CutOff(3);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster.Pass(3 * KeepNothing.ElectionTicks);
        cluster[1].TakeSnapshot(5);
        cluster.Pass(3);
        Assert.That(cluster.Sent.Any(message => message.Type == MessageType.SnapshotChunk), Is.False);
        cluster.Loses = _ => false;
        cluster.Pass(3);
        Assert.That(cluster[3].Restored, Has.Count.EqualTo(1));
    }

    /// <summary>It had refused entries before, so that the leader knows how far back it is.</summary>
    [Test]
    public void Who_went_silent_gets_no_snapshot_before_it_is_heard_of_again()
    {
        TestCluster cluster = CutOff(3);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        ulong last = cluster[1].Core.LastLogId.Index;
        cluster[1].Step(new Message { Type = MessageType.AppendResponse, From = new NodeId(3), To = new NodeId(1), Term = 1, LogIndex = last, Reject = true });
        cluster.Pass(3 * KeepNothing.ElectionTicks);
        cluster[1].TakeSnapshot(5);
        cluster.Pass(3);
        Assert.That(cluster.Sent.Any(message => message.Type == MessageType.SnapshotChunk), Is.False);
    }

    /// <summary>The driver could not read a piece, because the snapshot was replaced.</summary>
    [Test]
    public void When_a_snapshot_is_gone_the_follower_gets_the_newest_one()
    {
        TestCluster cluster = CutOff(3);
        SnapshotMetadata older = cluster[1].TakeSnapshot(4);
        cluster.Loses = message => message.Type == MessageType.SnapshotChunk;
        cluster.Pass(2);
        SnapshotMetadata newer = cluster[1].TakeSnapshot(5);
        cluster.Loses = _ => false;
        cluster[1].Core.OnChunkGone(new OutboundChunk(new NodeId(1), new NodeId(3), 1, newer, 0, 4));
        Assert.That(Transfer(), Is.EqualTo(older), "that one is not on its way");
        cluster[1].Core.OnChunkGone(new OutboundChunk(new NodeId(1), new NodeId(3), 1, older, 0, 4));
        cluster.Pass(2);
        Assert.That(cluster[3].Restored, Is.EqualTo(new[] { newer }));

        SnapshotMetadata? Transfer() => cluster[1].Core.ProgressOf(new NodeId(3))!.Transfer?.Snapshot;
    }

    [TestCase(5UL, 3UL)]
    [TestCase(1UL, 0UL)]
    public void As_many_entries_are_kept_behind_a_snapshot_as_the_options_say(ulong snapshot, ulong logBase)
    {
        TestCluster cluster = new TestCluster(1, new RaftOptions { TrailingEntries = 2 }).Elect(1);
        for (int i = 0; i < 5; i++)
        {
            cluster.Propose(1);
        }

        cluster.Settle();
        cluster[1].TakeSnapshot(snapshot);
        Assert.That(cluster[1].Core.LogBase.Index, Is.EqualTo(logBase));
    }

    [Test]
    public void Who_is_out_of_sight_keeps_nothing_also_where_much_may_be_kept()
    {
        TestCluster cluster = CutOff(3, KeepNothing with { MaxTrailingEntries = 100 });
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster.Pass(3 * KeepNothing.ElectionTicks);
        cluster[1].TakeSnapshot(5);
        Assert.That(cluster[1].Core.LogBase.Index, Is.EqualTo(5));
    }

    [Test]
    public void An_older_snapshot_is_not_taken_for_the_newest_where_the_log_reaches_back_further()
    {
        TestCluster cluster = new TestCluster(1, new RaftOptions { TrailingEntries = 100 }).Elect(1);
        for (int i = 0; i < 5; i++)
        {
            cluster.Propose(1);
        }

        cluster.Settle();
        SnapshotMetadata newest = cluster[1].TakeSnapshot(5);
        cluster[1].Core.OnSnapshotSaved(newest with { Id = new LogId(1, 3) });
        Assert.That(cluster[1].Core.Snapshot, Is.EqualTo(newest));
    }

    private static (bool Gap, ulong Offset) Answer(TestNode node, Message piece)
    {
        Message answer = node.Step(piece).Single();
        Assert.That(answer.Type, Is.EqualTo(MessageType.SnapshotResponse));
        return (answer.Reject, answer.RejectHint);
    }
}
