using System.Buffers.Binary;
using System.Numerics;
using FASTER.core;
using Raft.Core.Storage;

namespace Raft.Storage.Faster.Format;

/// <summary>
/// The record with which FASTER ends a commit (its fast commit mode), and our cookie inside it:
/// <code>
/// length i32 (negative) | FASTER: version i32, xor i64, begin i64, until i64, number i64, iterators i32 = 0, cookie length i32 |
/// crc32c u32 | link u32 | incarnation u32 | version u32 | commit u64 | address u64 | the node's part of a <see cref="Checkpoint"/> | end mark u64
/// </code>
/// FASTER guards its part by an XOR only, so the cookie repeats what matters of it, and a record whose halves disagree is not valid. FASTER's log always
/// begins at its first address: the files that a compaction gives back are not taken away by FASTER, which would not wait for our marker.
/// </summary>
internal static class CommitRecord
{
    /// <summary>Bytes of the cookie.</summary>
    public const int CookieBytes = NodeOffset + Checkpoint.NodeBytes + sizeof(ulong);

    /// <summary>Bytes of the whole record.</summary>
    public const int Size = EntryRecord.LengthBytes + FasterBytes + CookieBytes;

    /// <summary>
    /// The last bytes of every commit, none of them zero: where they are missing, the write of the commit had not come to its end.
    /// </summary>
    public const ulong EndMark = 0x9C6A_D35B_E7A9_4BC5;

    private const int NodeOffset = 32;
    private const int FasterBytes = 44;
    private const int FasterVersion = 1;
    private const uint Version = 2;

    /// <summary>Builds the cookie of the commit whose record will lie at <paramref name="address"/>, and its checksum.</summary>
    public static byte[] Encode(in Checkpoint state, in RecordStamp stamp, long address, uint salt, out uint crc)
    {
        byte[] cookie = new byte[CookieBytes];
        Span<byte> at = cookie;
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], stamp.Link);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], stamp.Incarnation);
        BinaryPrimitives.WriteUInt32LittleEndian(at[12..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], stamp.Commit);
        BinaryPrimitives.WriteInt64LittleEndian(at[24..], address);
        state.WriteNode(at[NodeOffset..]);
        BinaryPrimitives.WriteUInt64LittleEndian(at[(NodeOffset + Checkpoint.NodeBytes)..], EndMark);
        crc = Crc32C.Append(salt, at[4..]);
        BinaryPrimitives.WriteUInt32LittleEndian(at, crc);
        return cookie;
    }

    /// <summary>True when <paramref name="bytes"/> may start with a commit's record; cheap, for a search.</summary>
    public static bool MayStart(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Size && BinaryPrimitives.ReadInt32LittleEndian(bytes) == -(Size - EntryRecord.LengthBytes);

    /// <summary>
    /// Decodes the commit's record at <paramref name="address"/>. False when it is not whole, or any part of it contradicts another. The record does not
    /// say where the log begins.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, long address, uint salt, out Checkpoint state, out RecordStamp stamp)
    {
        state = default;
        stamp = default;
        if (!MayStart(bytes))
        {
            return false;
        }

        ReadOnlySpan<byte> at = bytes.Slice(EntryRecord.LengthBytes + FasterBytes, CookieBytes);
        uint crc = Crc32C.Append(salt, at[4..]);
        if (crc != BinaryPrimitives.ReadUInt32LittleEndian(at) || BinaryPrimitives.ReadUInt32LittleEndian(at[12..]) != Version)
        {
            return false;
        }

        stamp = new RecordStamp(
            BinaryPrimitives.ReadUInt32LittleEndian(at[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(at[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(at[16..]));
        state = new Checkpoint { Until = address + Size, Link = crc, Commit = stamp.Commit }.WithNode(at[NodeOffset..]);
        return BinaryPrimitives.ReadInt64LittleEndian(at[24..]) == address && Agrees(bytes[EntryRecord.LengthBytes..], state);
    }

    /// <summary>Whether what ends at the end of <paramref name="bytes"/> is an end mark, be a few of its bits wrong.</summary>
    public static bool EndsWithMark(ReadOnlySpan<byte> bytes)
    {
        const int tolerated = 8;
        return bytes.Length >= sizeof(ulong)
            && BitOperations.PopCount(BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]) ^ EndMark) <= tolerated;
    }

    /// <summary>What FASTER is to recover: the state that our own scan arrived at.</summary>
    public static byte[] ToFaster(in Checkpoint state) => new FasterLogRecoveryInfo
    {
        BeginAddress = LogGeometry.FirstAddress,
        UntilAddress = state.Until,
        CommitNum = (long)state.Commit,
    }.ToByteArray();

    private static bool Agrees(ReadOnlySpan<byte> faster, in Checkpoint state) =>
        BinaryPrimitives.ReadInt32LittleEndian(faster) == FasterVersion
        && BinaryPrimitives.ReadInt64LittleEndian(faster[12..]) == LogGeometry.FirstAddress
        && BinaryPrimitives.ReadInt64LittleEndian(faster[20..]) == state.Until
        && BinaryPrimitives.ReadInt64LittleEndian(faster[28..]) == (long)state.Commit
        && BinaryPrimitives.ReadInt32LittleEndian(faster[36..]) == 0
        && BinaryPrimitives.ReadInt32LittleEndian(faster[40..]) == CookieBytes;
}
