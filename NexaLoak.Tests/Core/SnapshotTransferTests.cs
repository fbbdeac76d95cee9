using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Replication;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Core;

/// <summary>What a leader sends of a snapshot, and what it sends again.</summary>
internal sealed class SnapshotTransferTests
{
    private const int Piece = 10;
    private const int Window = 4;

    private static readonly SnapshotMetadata s_snapshot = new(new LogId(1, 5), new ClusterConfiguration([new NodeId(1)]), 1, 1000, 0);

    [Test]
    public void What_was_sent_behind_a_gap_is_sent_again_once()
    {
        var transfer = new SnapshotTransfer(s_snapshot, Piece, Window);
        Assert.That(SendAll(transfer), Is.EqualTo(new long[] { 0, 10, 20, 30 }));
        transfer.OnResponse(10, gap: true);
        Assert.That(SendAll(transfer), Is.EqualTo(new long[] { 40 }), "the piece before the gap is news");
        transfer.OnResponse(10, gap: true);
        Assert.That(SendAll(transfer), Is.EqualTo(new long[] { 10, 20, 30, 40 }));
        transfer.OnResponse(10, gap: true);
        Assert.That(SendAll(transfer), Is.Empty, "every piece behind the lost one is reported");
    }

    /// <summary>Messages may overtake each other: a report of a gap that is filled by now is no reason to begin there again, but could also mean a loss.</summary>
    [Test]
    public void A_gap_below_what_was_acknowledged_counts_once_a_tick()
    {
        var transfer = new SnapshotTransfer(s_snapshot, Piece, Window);
        SendAll(transfer);
        transfer.OnResponse(40, gap: false);
        SendAll(transfer);
        transfer.OnResponse(0, gap: true);
        Assert.That(SendAll(transfer), Is.EqualTo(new long[] { 0, 10, 20, 30 }));
        transfer.OnResponse(40, gap: false);
        transfer.OnResponse(20, gap: true);
        transfer.OnResponse(0, gap: true);
        Assert.That((transfer.Acknowledged, SendAll(transfer)), Is.EqualTo((40L, new long[] { 40, 50, 60, 70 })), "old reports send nothing again");

        transfer.Tick(patience: 10);
        transfer.OnResponse(20, gap: true);
        Assert.That(SendAll(transfer), Is.EqualTo(new long[] { 20, 30, 40, 50 }), "the member may have lost it");
    }

    private static long[] SendAll(SnapshotTransfer transfer)
    {
        var sent = new List<long>();
        while (transfer.CanSend)
        {
            sent.Add(transfer.NextOffset);
            transfer.OnSent();
        }

        return [.. sent];
    }
}
