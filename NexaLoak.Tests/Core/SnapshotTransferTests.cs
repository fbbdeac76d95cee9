using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Replication;
using Raft.Core.Storage;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

/// <summary>Which pieces of a snapshot go out, and when again.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SnapshotTransferTests
{
    private const int Patience = 5;

    [Test]
    public void Pieces_go_out_up_to_the_window_and_the_last_one_is_short()
    {
        SnapshotTransfer transfer = Of(size: 10);
        Assert.That(Send(transfer), Is.EqualTo(new[] { (0L, 4), (4L, 4) }));
        transfer.OnResponse(4, gap: false);
        Assert.That(Send(transfer), Is.EqualTo(new[] { (8L, 2) }));
        transfer.OnResponse(10, gap: false);
        Assert.That(Send(transfer), Is.Empty);
    }

    [Test]
    public void An_empty_snapshot_is_one_empty_piece()
    {
        SnapshotTransfer transfer = Of(size: 0);
        Assert.That(Send(transfer), Is.EqualTo(new[] { (0L, 0) }));
        transfer.OnResponse(0, gap: false);
        Assert.That(Send(transfer), Is.Empty);
    }

    [Test]
    public void A_gap_is_filled_once_however_many_report_it()
    {
        SnapshotTransfer transfer = Of(size: 40, window: 4);
        Send(transfer);
        transfer.OnResponse(4, gap: false);
        transfer.OnResponse(4, gap: true);
        Assert.That(Send(transfer).First().Offset, Is.EqualTo(4));
        transfer.OnResponse(4, gap: true);
        Assert.That(Send(transfer), Is.Empty);
        transfer.OnResponse(8, gap: true);
        Assert.That(transfer.Acknowledged, Is.EqualTo(8));
    }

    [Test]
    public void A_member_that_lost_what_it_had_begins_again()
    {
        SnapshotTransfer transfer = Of(size: 10);
        Send(transfer);
        transfer.OnResponse(8, gap: false);
        transfer.OnResponse(0, gap: true);
        Assert.That((transfer.Acknowledged, Send(transfer).First().Offset), Is.EqualTo((0L, 0L)));
    }

    /// <summary>Messages may overtake each other: mostly such a report is old, and each would have the whole window sent again.</summary>
    [Test]
    public void A_gap_below_what_is_acknowledged_counts_once_a_tick()
    {
        SnapshotTransfer transfer = Of(size: 1000, window: 4);
        Send(transfer);
        transfer.OnResponse(16, gap: false);
        Send(transfer);
        transfer.OnResponse(0, gap: true);
        Assert.That(Send(transfer).First().Offset, Is.EqualTo(0));
        transfer.OnResponse(16, gap: false);
        transfer.OnResponse(8, gap: true);
        transfer.OnResponse(0, gap: true);
        Assert.That((transfer.Acknowledged, Send(transfer).First().Offset), Is.EqualTo((16L, 16L)));
        Tick(transfer, 1);
        transfer.OnResponse(8, gap: true);
        Assert.That((transfer.Acknowledged, Send(transfer).First().Offset), Is.EqualTo((8L, 8L)));
    }

    [Test]
    public void An_old_answer_takes_nothing_back()
    {
        SnapshotTransfer transfer = Of(size: 40);
        Send(transfer);
        transfer.OnResponse(8, gap: false);
        transfer.OnResponse(4, gap: false);
        Assert.That((transfer.Acknowledged, transfer.NextOffset), Is.EqualTo((8L, 8L)));
    }

    [Test]
    public void An_answer_beyond_the_end_counts_as_the_end()
    {
        SnapshotTransfer transfer = Of(size: 10);
        transfer.OnResponse(1000, gap: false);
        Assert.That((transfer.Acknowledged, transfer.NextOffset), Is.EqualTo((10L, 10L)));
    }

    [Test]
    public void After_a_failure_nothing_goes_out_until_the_member_lives()
    {
        SnapshotTransfer transfer = Of(size: 40);
        Send(transfer);
        transfer.OnResponse(4, gap: false);
        transfer.Pause();
        Assert.That(Send(transfer), Is.Empty);
        transfer.Resume();
        Assert.That(Send(transfer), Is.EqualTo(new[] { (4L, 4), (8L, 4) }));
        transfer.Resume();
        Assert.That(Send(transfer), Is.Empty, "it was not paused, so nothing is taken for lost");
    }

    [Test]
    public void What_stays_unanswered_for_long_is_sent_again()
    {
        SnapshotTransfer transfer = Of(size: 40);
        Send(transfer);
        Tick(transfer, Patience - 1);
        Assert.That(Send(transfer), Is.Empty);
        Tick(transfer, 1);
        Assert.That(Send(transfer).First().Offset, Is.EqualTo(0));
    }

    [Test]
    public void The_last_piece_asks_again_when_all_is_acknowledged_and_the_member_says_nothing_more()
    {
        SnapshotTransfer transfer = Of(size: 10);
        Send(transfer);
        transfer.OnResponse(8, gap: false);
        Send(transfer);
        transfer.OnResponse(10, gap: false);
        Tick(transfer, Patience);
        Assert.That(Send(transfer), Is.EqualTo(new[] { (6L, 4) }));
    }

    private static SnapshotTransfer Of(long size, int window = 2)
        => new(new SnapshotMetadata(new LogId(1, 7), Members("v1"), 0, size, 0), pieceLength: 4, window);

    private static void Tick(SnapshotTransfer transfer, int times)
    {
        for (; times > 0; times--)
        {
            transfer.Tick(Patience);
        }
    }

    private static List<(long Offset, int Length)> Send(SnapshotTransfer transfer)
    {
        var sent = new List<(long, int)>();
        while (transfer.CanSend)
        {
            sent.Add((transfer.NextOffset, transfer.NextLength));
            transfer.OnSent();
        }

        return sent;
    }
}
