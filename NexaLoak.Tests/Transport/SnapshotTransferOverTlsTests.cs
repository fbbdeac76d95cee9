using System.Net;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Snapshots;
using Raft.Core.StateMachine;
using Raft.Core.Storage;
using Raft.Core.Transport;
using Raft.Transport.Grpc.Peers;

namespace NexaLoak.Tests.Transport;

/// <summary>A state of many pieces on its way to an empty node, over real connections, while writes go on.</summary>
[TestFixture]
public sealed class SnapshotTransferOverTlsTests
{
    private const int StateBytes = 8 << 20;
    private const int ChunkBytes = 16 << 10;
    private const int Window = 8;
    private const ulong SnapshotEntries = 100;

    private static readonly NodeId s_late = new(3);

    [Test]
    public async Task A_transfer_that_is_cut_half_way_goes_on_where_it_was_and_disturbs_nobody()
    {
        await using var cluster = new TransportCluster(3);
        IPEndPoint own = cluster.EndPoints[s_late];
        await using var network = new FreezableProxy(own);
        cluster.EndPoints[s_late] = network.EndPoint;
        Dictionary<NodeId, Uri> addresses = cluster.Addresses;
        await using Member one = await Member.StartAsync(cluster, 1, addresses);
        await using Member two = await Member.StartAsync(cluster, 2, addresses);
        Member leader = await LeaderAsync(one, two);
        for (ulong i = 0; leader.Node.Status.BaseIndex < SnapshotEntries; i++)
        {
            await leader.Node.ProposeAsync(BitConverter.GetBytes(i));
        }

        (ulong term, ulong snapshot) = (leader.Node.Status.Term, leader.Node.Status.SnapshotIndex);
        leader.Watched.AfterHalf = network.Cut;
        cluster.EndPoints[s_late] = own;
        await using Member late = await Member.StartAsync(cluster, s_late.Value, addresses);
        int writes = 0;
        for (; late.Node.Status.AppliedIndex < snapshot; writes++)
        {
            await leader.Node.ProposeAsync(BitConverter.GetBytes(writes));
            await Task.Delay(10);
        }

        ulong last = leader.Node.Status.CommitIndex;
        await Eventually.Holds(() => late.Node.Status.AppliedIndex >= last, "the node has all that was written meanwhile");
        Assert.That(writes, Is.GreaterThan(0));
        Assert.That(late.Restored, Is.GreaterThanOrEqualTo(1));
        Assert.That(leader.Watched.WasCut, Is.True);
        Assert.That(
            leader.Watched.SentBytes, Is.GreaterThan(StateBytes).And.LessThan(StateBytes * 5L / 4), "what had arrived before the cut was not sent again");
        Assert.That(leader.Watched.MostQueuedBytes, Is.LessThan(StateBytes / 4), "what waits for the connection is bounded");
        Assert.That((leader.Node.Status.Role, leader.Node.Status.Term), Is.EqualTo((Role.Leader, term)), "nobody was elected");
    }

    private static async Task<Member> LeaderAsync(params Member[] members)
    {
        await Eventually.Holds(() => members.Any(member => member.Node.Status.Role == Role.Leader), "a node leads");
        return members.First(member => member.Node.Status.Role == Role.Leader);
    }

    private sealed class Member : IAsyncDisposable, ISnapshotStateMachine
    {
        private readonly MemoryStorage _storage = new();

        private Member(ulong id, TransportNode transport)
        {
            Watched = new WatchedTransport(transport);
            var options = new RaftNodeOptions
            {
                Id = new NodeId(id),
                Configuration = new ClusterConfiguration([new NodeId(1), new NodeId(2), s_late]),
                // So patient that no pause of a busy machine is taken for a dead leader.
                Raft = new RaftOptions { ElectionTicks = 50, TrailingEntries = 0, SnapshotChunkBytes = ChunkBytes, MaxInflightSnapshotChunks = Window },
                Snapshots = new SnapshotPolicy { Entries = SnapshotEntries },
            };
            Node = new RaftNode(options, _storage, Watched, this);
            Node.Start();
        }

        public RaftNode Node { get; }

        public WatchedTransport Watched { get; }

        public int Restored { get; private set; }

        public static async Task<Member> StartAsync(TransportCluster cluster, ulong id, IReadOnlyDictionary<NodeId, Uri> addresses)
            => new(id, await cluster.StartAsync(id, peers: addresses, startTransport: false));

        public ReadOnlyMemory<byte> Apply(in Entry entry) => default;

        public IStateMachineSnapshot Capture() => new Zeros();

        public void Restore(Stream content)
        {
            Restored++;
            content.CopyTo(Stream.Null);
        }

        public async ValueTask DisposeAsync()
        {
            await Node.DisposeAsync();
            await _storage.DisposeAsync();
        }
    }

    private sealed class Zeros : IStateMachineSnapshot
    {
        public void WriteTo(Stream content, CancellationToken cancellationToken) => content.Write(new byte[StateBytes]);

        public void Dispose()
        {
        }
    }

    /// <summary>Counts the pieces that are sent, and calls once when half of the state is.</summary>
    private sealed class WatchedTransport(TransportNode node) : IRaftTransport
    {
        public Action AfterHalf { get; set; } = static () => { };

        public long SentBytes { get; private set; }

        public long MostQueuedBytes { get; private set; }

        public bool WasCut { get; private set; }

        public void Start(ITransportListener listener) => node.Transport.Start(listener);

        public void UpdateMembers(ClusterConfiguration configuration) => node.Transport.UpdateMembers(configuration);

        public void SettleMembers(ClusterConfiguration configuration) => node.Transport.SettleMembers(configuration);

        public void Send(in Message message)
        {
            node.Transport.Send(message);
            if (message.Chunk is not { } chunk)
            {
                return;
            }

            SentBytes += chunk.Data.Length;
            MostQueuedBytes = Math.Max(MostQueuedBytes, node.Transport.QueueOf(s_late, Lane.Snapshot).Bytes);
            if (SentBytes > StateBytes / 2 && !WasCut)
            {
                WasCut = true;
                AfterHalf();
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
