using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Storage.Faster.Format;

/// <summary>Everything durable as of one commit, short of the entries themselves.</summary>
/// <param name="Begin">Where reading the log begins: at or before the first entry after <paramref name="Base"/>.</param>
/// <param name="Until">Address behind the commit's record.</param>
/// <param name="Link">Checksum of the commit's record: the link of what comes next.</param>
/// <param name="Commit">Number of the commit; 0 before the first.</param>
/// <param name="Base">The entry before the first one kept. A commit that moves it does so ahead of its entries.</param>
/// <param name="ClearedBy">The last commit whose base gave up the whole log, so that no entry of an earlier commit counts; 0 when none did.</param>
/// <param name="Snapshot">The newest snapshot.</param>
/// <param name="HardState">The node's hard state.</param>
/// <param name="LastIndex">Index of the last entry; that of <paramref name="Base"/> when there is none.</param>
internal readonly record struct Checkpoint(
    LogStart Begin,
    long Until,
    uint Link,
    ulong Commit,
    LogId Base,
    ulong ClearedBy,
    SnapshotName Snapshot,
    HardState HardState,
    ulong LastIndex)
{
    /// <summary>Bytes of the node's part of a checkpoint: from <see cref="Base"/> on.</summary>
    public const int NodeBytes = 88;

    /// <summary>A log that never held anything.</summary>
    public static Checkpoint Empty { get; } =
        new(new LogStart(LogGeometry.FirstAddress, 0, 0), LogGeometry.FirstAddress, 0, 0, default, 0, default, default, 0);

    /// <summary>
    /// Writes the node's part:
    /// <code>
    /// base index, base term, cleared by, snapshot number, snapshot index, snapshot term, term, voted for, committed, last index u64 |
    /// snapshot crc u32 | zero u32
    /// </code>
    /// </summary>
    public void WriteNode(Span<byte> at)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(at, Base.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(at[8..], Base.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], ClearedBy);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], Snapshot.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], Snapshot.Id.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], Snapshot.Id.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], HardState.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(at[56..], HardState.VotedFor.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(at[64..], HardState.Commit);
        BinaryPrimitives.WriteUInt64LittleEndian(at[72..], LastIndex);
        BinaryPrimitives.WriteUInt32LittleEndian(at[80..], Snapshot.Crc);
    }

    /// <summary>This checkpoint with the node's part that <see cref="WriteNode"/> wrote.</summary>
    public Checkpoint WithNode(ReadOnlySpan<byte> at) => this with
    {
        Base = ReadId(at),
        ClearedBy = BinaryPrimitives.ReadUInt64LittleEndian(at[16..]),
        Snapshot = new SnapshotName(
            BinaryPrimitives.ReadUInt64LittleEndian(at[24..]), ReadId(at[32..]), BinaryPrimitives.ReadUInt32LittleEndian(at[80..])),
        HardState = new HardState(
            BinaryPrimitives.ReadUInt64LittleEndian(at[48..]),
            new NodeId(BinaryPrimitives.ReadUInt64LittleEndian(at[56..])),
            BinaryPrimitives.ReadUInt64LittleEndian(at[64..])),
        LastIndex = BinaryPrimitives.ReadUInt64LittleEndian(at[72..]),
    };

    private static LogId ReadId(ReadOnlySpan<byte> at) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(at[8..]), BinaryPrimitives.ReadUInt64LittleEndian(at));
}
