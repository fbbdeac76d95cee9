using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Core;

/// <summary>Leaders whose followers need a snapshot, and followers that get one.</summary>
internal static class SnapshotSetup
{
    /// <summary>Everything behind a snapshot is given up. Snapshots go in pieces of 4 bytes.</summary>
    public static readonly RaftOptions KeepNothing = new() { TrailingEntries = 0, MaxTrailingEntries = 0, SnapshotChunkBytes = 4 };

    /// <summary>A cluster whose leader, node 1, has entries that the node that is cut off lacks.</summary>
    public static TestCluster CutOff(int id, RaftOptions? options = null, int entries = 4)
    {
        TestCluster cluster = new TestCluster(3, options ?? KeepNothing).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, id) && message.Type != MessageType.HeartbeatResponse;
        for (int i = 0; i < entries; i++)
        {
            cluster.Propose(1);
        }

        return cluster.Settle();
    }

    public static ClusterConfiguration Three() => new([new NodeId(1), new NodeId(2), new NodeId(3)]);

    public static TestNode Follower() => new(3, Three(), KeepNothing);

    public static SnapshotMetadata SnapshotAt(ulong index) => new(new LogId(1, index), Three(), 0, 10, (uint)index);

    public static IEnumerable<Message> Pieces(SnapshotMetadata snapshot)
    {
        for (int offset = 0; offset < snapshot.Size; offset += 4)
        {
            int length = (int)Math.Min(4, snapshot.Size - offset);
            yield return new OutboundChunk(new NodeId(1), new NodeId(3), 2, snapshot, offset, length).ToMessage(new byte[length]);
        }
    }
}
