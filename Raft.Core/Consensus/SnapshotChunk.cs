using Raft.Core.Storage;

namespace Raft.Core.Consensus;

/// <summary>A piece of a snapshot on its way to a follower (Raft paper, section 7, InstallSnapshot).</summary>
/// <param name="Snapshot">The snapshot it belongs to.</param>
/// <param name="Offset">Place of the piece in the content, in bytes.</param>
/// <param name="Data">The bytes; empty only for an empty snapshot.</param>
public sealed record SnapshotChunk(SnapshotMetadata Snapshot, long Offset, ReadOnlyMemory<byte> Data)
{
    /// <summary>True for the piece that reaches the end.</summary>
    public bool IsLast => Offset + Data.Length == Snapshot.Size;
}
