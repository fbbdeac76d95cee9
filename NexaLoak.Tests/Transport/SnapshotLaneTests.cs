using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Peers;

namespace NexaLoak.Tests.Transport;

/// <summary>Pieces of snapshots delay no other message.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class SnapshotLaneTests
{
    private const int ChunkBytes = 1 << 20;
    private const int Heartbeats = 200;

    private static readonly NodeId _two = new(2);

    [Test]
    public async Task Both_lanes_are_open_at_the_same_time()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1);
        TransportNode two = await cluster.StartAsync(2);

        for (int round = 1; round <= 5; round++)
        {
            one.Transport.Send(TransportCluster.Chunk(1, 2, ChunkBytes));
            one.Transport.Send(TransportCluster.Heartbeat(1, 2));
            await Eventually.Holds(() => two.Listener.Messages.Count == 2 * round, "a piece and a heartbeat arrive");
        }

        Assert.That(one.Log.Warnings.Concat(two.Log.Warnings), Is.Empty);
        Assert.That(one.Log.Informations, Has.Some.Contains("takes messages").And.Some.Contains("takes snapshots"));
    }

    [Test]
    public async Task A_peer_that_stops_reading_snapshots_gets_all_heartbeats()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1);
        TransportNode two = await cluster.StartAsync(2);
        using var read = new ManualResetEventSlim();
        two.Listener.OnArrival = message =>
        {
            if (message.Type == MessageType.SnapshotChunk)
            {
                read.Wait(Eventually.Limit);
            }
        };

        try
        {
            await FillTheSnapshotLane(one);
            await ExpectAllHeartbeats(one, two);
            Assert.That(one.Transport.QueueOf(_two, Lane.Snapshot).Messages, Is.GreaterThan(0), "the pieces still wait");
            Assert.That(two.Listener.Messages.Count(static m => m.Type == MessageType.SnapshotChunk), Is.EqualTo(1));
        }
        finally
        {
            read.Set();
        }
    }

    [Test]
    public async Task A_connection_that_is_stuck_with_a_snapshot_delays_no_heartbeat()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);
        await using var network = new FreezableProxy(cluster.EndPoints[_two]) { BytesPerConnection = ChunkBytes };
        cluster.EndPoints[_two] = network.EndPoint;
        // So patient that the stuck connection is not given up.
        TransportNode one = await cluster.StartAsync(1, new GrpcTransportOptions { KeepAliveTimeout = TimeSpan.FromMinutes(10) });

        await FillTheSnapshotLane(one);
        await ExpectAllHeartbeats(one, two);
        Assert.That(one.Transport.QueueOf(_two, Lane.Snapshot).Messages, Is.GreaterThan(0), "the pieces still wait");
    }

    [Test]
    public async Task The_bytes_of_pieces_that_wait_for_a_peer_are_bounded()
    {
        var options = new GrpcTransportOptions { MaxFrameBytes = 2 << 20, MaxQueuedBytes = 4 << 20, MaxReconnectDelay = TimeSpan.FromMinutes(10) };
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);
        await using var network = new FreezableProxy(cluster.EndPoints[_two]) { BytesPerConnection = 0 };
        cluster.EndPoints[_two] = network.EndPoint;
        TransportNode one = await cluster.StartAsync(1, options);

        for (int i = 0; i < 50; i++)
        {
            one.Transport.Send(TransportCluster.Chunk(1, 2, ChunkBytes));
        }

        Assert.That(one.Transport.QueueOf(_two, Lane.Snapshot).Bytes, Is.InRange(2 << 20, 4 << 20));
        Assert.That(one.Listener.Unreachable, Is.EqualTo(new[] { _two }));
    }

    private static Task FillTheSnapshotLane(TransportNode one)
        => Eventually.Holds(
            () =>
            {
                one.Transport.Send(TransportCluster.Chunk(1, 2, ChunkBytes));
                return !one.Listener.Unreachable.IsEmpty;
            },
            "no more pieces can wait");

    private static async Task ExpectAllHeartbeats(TransportNode one, TransportNode two)
    {
        for (ulong term = 1; term <= Heartbeats; term++)
        {
            one.Transport.Send(TransportCluster.Heartbeat(1, 2, term));
        }

        IEnumerable<ulong> Terms() => two.Listener.Messages.Where(static m => m.Type == MessageType.HeartbeatRequest).Select(static m => m.Term);
        await Eventually.Holds(() => Terms().Count() == Heartbeats, "all heartbeats arrive");
        Assert.That(Terms(), Is.Ordered);
    }
}
