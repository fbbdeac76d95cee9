using System.Buffers.Binary;
using System.Text;
using Raft.Core.Storage;

namespace Raft.Storage.Faster.Format;

/// <summary>
/// What a directory says about itself outside of the log: whose it is, how it is laid out, and how far the log reached at least.
/// <code>
/// crc32c u32 | magic u32 | version u32 | salt u32 | sequence u64 | incarnation u32 | page bits u8, segment bits u8, identity length u16 |
/// begin u64 | commit before begin u64 | begin link u32 | link u32 | until u64 | commit u64 | the node's part of a <see cref="Checkpoint"/> | identity
/// </code>
/// </summary>
/// <param name="Sequence">Grows with each writing.</param>
/// <param name="Incarnation">Number of the opening that wrote it.</param>
/// <param name="Salt">Random start of every checksum of the log, so that no payload and no other node's file passes for one of its records.</param>
/// <param name="Geometry">Layout of the log.</param>
/// <param name="Identity">Whose data this is.</param>
/// <param name="Checkpoint">A durable state of the log; what is found there must reach at least this far.</param>
internal sealed record Marker(
    ulong Sequence, uint Incarnation, uint Salt, LogGeometry Geometry, string Identity, Checkpoint Checkpoint)
{
    /// <summary>Bytes of an encoded marker: one sector, which disks write whole or not at all.</summary>
    public const int Size = 512;

    /// <summary>Version of the directory's format.</summary>
    public const uint Version = 2;

    private const uint Magic = 0x4B4D_5246;
    private const int CheckpointOffset = 32;
    private const int NodeOffset = 40;
    private const int IdentityOffset = CheckpointOffset + NodeOffset + Checkpoint.NodeBytes;

    public byte[] Encode()
    {
        byte[] slot = new byte[Size];
        Span<byte> at = slot;
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(at[12..], Salt);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(at[24..], Incarnation);
        at[28] = (byte)Geometry.PageBits;
        at[29] = (byte)Geometry.SegmentBits;
        BinaryPrimitives.WriteUInt16LittleEndian(at[30..], (ushort)Encoding.UTF8.GetBytes(Identity, at[IdentityOffset..]));
        WriteCheckpoint(at[CheckpointOffset..], Checkpoint);
        BinaryPrimitives.WriteUInt32LittleEndian(at, Crc32C.Append(0, at[4..]));
        return slot;
    }

    /// <summary>Version of the format of the whole marker that <paramref name="slot"/> holds, or null when it holds none.</summary>
    public static uint? VersionOf(ReadOnlySpan<byte> slot)
    {
        bool whole = BinaryPrimitives.ReadUInt32LittleEndian(slot) == Crc32C.Append(0, slot[4..Size])
            && BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]) == Magic;
        return whole ? BinaryPrimitives.ReadUInt32LittleEndian(slot[8..]) : null;
    }

    /// <summary>The marker that <paramref name="slot"/> holds, or null when it is not a valid one of this version.</summary>
    public static Marker? Decode(ReadOnlySpan<byte> slot)
    {
        if (VersionOf(slot) != Version)
        {
            return null;
        }

        int identityBytes = BinaryPrimitives.ReadUInt16LittleEndian(slot[30..]);
        return new Marker(
            BinaryPrimitives.ReadUInt64LittleEndian(slot[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(slot[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(slot[12..]),
            new LogGeometry(slot[28], slot[29]),
            Encoding.UTF8.GetString(slot.Slice(IdentityOffset, identityBytes)),
            ReadCheckpoint(slot[CheckpointOffset..]));
    }

    private static void WriteCheckpoint(Span<byte> at, in Checkpoint state)
    {
        BinaryPrimitives.WriteInt64LittleEndian(at, state.Begin.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(at[8..], state.Begin.Commit);
        BinaryPrimitives.WriteUInt32LittleEndian(at[16..], state.Begin.Link);
        BinaryPrimitives.WriteUInt32LittleEndian(at[20..], state.Link);
        BinaryPrimitives.WriteInt64LittleEndian(at[24..], state.Until);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], state.Commit);
        state.WriteNode(at[NodeOffset..]);
    }

    private static Checkpoint ReadCheckpoint(ReadOnlySpan<byte> at) => new Checkpoint
    {
        Begin = new LogStart(
            BinaryPrimitives.ReadInt64LittleEndian(at),
            BinaryPrimitives.ReadUInt32LittleEndian(at[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(at[8..])),
        Link = BinaryPrimitives.ReadUInt32LittleEndian(at[20..]),
        Until = BinaryPrimitives.ReadInt64LittleEndian(at[24..]),
        Commit = BinaryPrimitives.ReadUInt64LittleEndian(at[32..]),
    }.WithNode(at[NodeOffset..]);
}
