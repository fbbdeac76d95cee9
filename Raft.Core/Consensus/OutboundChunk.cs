using Raft.Core.Membership;
using Raft.Core.Storage;

namespace Raft.Core.Consensus;

/// <summary>A piece of a snapshot that the driver reads from the storage and sends, at its own pace: the core does not wait for the disk.</summary>
/// <param name="From">This node.</param>
/// <param name="To">The follower.</param>
/// <param name="Term">The term in which this node leads.</param>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Offset">Where the piece begins, in bytes.</param>
/// <param name="Length">Its length in bytes; 0 only for a snapshot without content.</param>
public readonly record struct OutboundChunk(NodeId From, NodeId To, ulong Term, SnapshotMetadata Snapshot, long Offset, int Length)
{
    /// <summary>The message that carries the piece.</summary>
    /// <param name="data">The bytes, as many as <see cref="Length"/>.</param>
    public Message ToMessage(ReadOnlyMemory<byte> data)
        => new()
        {
            Type = MessageType.SnapshotChunk,
            From = From,
            To = To,
            Term = Term,
            Chunk = new SnapshotChunk(Snapshot, Offset, data),
        };
}
