using System.Buffers.Binary;
using System.Text;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Storage.Faster.Format;

/// <summary>
/// What a directory says about itself outside of the log: whose it is, how it is laid out, and how far the log reached at least.
/// <code>
/// crc32c u32 | magic u32 | version u32 | salt u32 | sequence u64 | incarnation u32 | page bits u8, segment bits u8, identity length u16 |
/// begin u64 | until u64 | begin link u32 | link u32 | commit u64 | base index, base term, term, voted for, committed, last index u64 | identity
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

    private const uint Magic = 0x4B4D_5246;
    private const uint Version = 1;
    private const int IdentityOffset = 112;

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
        WriteCheckpoint(at[32..], Checkpoint);
        BinaryPrimitives.WriteUInt32LittleEndian(at, Crc32C.Append(0, at[4..]));
        return slot;
    }

    /// <summary>The marker that <paramref name="slot"/> holds, or null when it is not a valid one.</summary>
    public static Marker? Decode(ReadOnlySpan<byte> slot)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(slot) != Crc32C.Append(0, slot[4..Size])
            || BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(slot[8..]) != Version)
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
            ReadCheckpoint(slot[32..]));
    }

    private static void WriteCheckpoint(Span<byte> at, in Checkpoint state)
    {
        BinaryPrimitives.WriteInt64LittleEndian(at, state.Begin);
        BinaryPrimitives.WriteInt64LittleEndian(at[8..], state.Until);
        BinaryPrimitives.WriteUInt32LittleEndian(at[16..], state.BeginLink);
        BinaryPrimitives.WriteUInt32LittleEndian(at[20..], state.Link);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], state.Commit);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], state.Base.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], state.Base.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], state.HardState.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(at[56..], state.HardState.VotedFor.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(at[64..], state.HardState.Commit);
        BinaryPrimitives.WriteUInt64LittleEndian(at[72..], state.LastIndex);
    }

    private static Checkpoint ReadCheckpoint(ReadOnlySpan<byte> at) => new(
        BinaryPrimitives.ReadInt64LittleEndian(at),
        BinaryPrimitives.ReadUInt32LittleEndian(at[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(at[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(at[20..]),
        BinaryPrimitives.ReadUInt64LittleEndian(at[24..]),
        new LogId(BinaryPrimitives.ReadUInt64LittleEndian(at[40..]), BinaryPrimitives.ReadUInt64LittleEndian(at[32..])),
        new HardState(
            BinaryPrimitives.ReadUInt64LittleEndian(at[48..]),
            new NodeId(BinaryPrimitives.ReadUInt64LittleEndian(at[56..])),
            BinaryPrimitives.ReadUInt64LittleEndian(at[64..])),
        BinaryPrimitives.ReadUInt64LittleEndian(at[72..]));
}
