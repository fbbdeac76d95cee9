using System.Buffers.Binary;
using FASTER.core;
using Raft.Core.Log;
using Raft.Core.Storage;

namespace Raft.Storage.Faster.Format;

/// <summary>
/// An entry as it lies in the log, behind the four bytes in which FASTER keeps a record's length:
/// <code>crc32c u32 | link u32 | incarnation u32 | magic u16 | version u8 | type u8 | commit u64 | index u64 | term u64 | payload</code>
/// Numbers are little-endian. The CRC covers the length and everything behind itself, and starts from the directory's salt. The link is the CRC of
/// the record before, so that a record can't be missing, doubled or left over from an earlier life of its place.
/// </summary>
internal readonly struct EntryRecord : ILogEnqueueEntry
{
    /// <summary>FASTER's header: the length, negative for a commit record.</summary>
    public const int LengthBytes = 4;

    /// <summary>Bytes between FASTER's header and the payload.</summary>
    public const int HeaderBytes = 40;

    private const ushort Magic = 0x5246;
    private const byte Version = 1;

    private readonly Entry _entry;
    private readonly RecordStamp _stamp;

    public EntryRecord(in Entry entry, in RecordStamp stamp, uint salt)
    {
        _entry = entry;
        _stamp = stamp;
        Span<byte> head = stackalloc byte[LengthBytes + HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, SerializedLength);
        WriteHeader(head[LengthBytes..]);
        uint crc = Crc32C.Append(salt, head[..LengthBytes]);
        crc = Crc32C.Append(crc, head[(LengthBytes + sizeof(uint))..]);
        Crc = Crc32C.Append(crc, entry.Payload.Span);
    }

    /// <summary>Checksum of the record, and the link of the next one.</summary>
    public uint Crc { get; }

    public int SerializedLength => HeaderBytes + _entry.Payload.Length;

    /// <summary>Bytes that an entry takes in the log.</summary>
    public static int SizeOf(int payload) => (LengthBytes + HeaderBytes + payload + 3) & ~3;

    /// <summary>Largest payload for a page of a size. The first page loses its first bytes, so no page offers more.</summary>
    public static int MaxPayload(int pageBytes) => pageBytes - (int)LogGeometry.FirstAddress - LengthBytes - HeaderBytes;

    public void SerializeTo(Span<byte> dest)
    {
        WriteHeader(dest);
        _entry.Payload.Span.CopyTo(dest[HeaderBytes..]);
    }

    /// <summary>Size of the payload of the record that starts <paramref name="bytes"/>, or -1 when no entry's record does.</summary>
    public static int PayloadOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < LengthBytes + HeaderBytes)
        {
            return -1;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        bool plausible = length >= HeaderBytes
            && BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]) == Magic
            && bytes[18] == Version;
        return plausible ? length - HeaderBytes : -1;
    }

    /// <summary>Decodes the record that starts <paramref name="bytes"/>. False when it is not whole, or its checksum is wrong.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, uint salt, out DecodedEntry record)
    {
        int payload = PayloadOf(bytes);
        int end = LengthBytes + HeaderBytes + payload;
        if (payload < 0 || end > bytes.Length)
        {
            record = default;
            return false;
        }

        uint crc = Crc32C.Append(salt, bytes[..LengthBytes]);
        crc = Crc32C.Append(crc, bytes[(LengthBytes + sizeof(uint))..end]);
        ReadOnlySpan<byte> head = bytes[LengthBytes..];
        record = new DecodedEntry(
            crc,
            new RecordStamp(
                BinaryPrimitives.ReadUInt32LittleEndian(head[4..]),
                BinaryPrimitives.ReadUInt32LittleEndian(head[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(head[16..])),
            (EntryType)head[15],
            new LogId(BinaryPrimitives.ReadUInt64LittleEndian(head[32..]), BinaryPrimitives.ReadUInt64LittleEndian(head[24..])),
            payload);
        return BinaryPrimitives.ReadUInt32LittleEndian(head) == crc;
    }

    private void WriteHeader(Span<byte> head)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head, Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], _stamp.Link);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], _stamp.Incarnation);
        BinaryPrimitives.WriteUInt16LittleEndian(head[12..], Magic);
        head[14] = Version;
        head[15] = (byte)_entry.Type;
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], _stamp.Commit);
        BinaryPrimitives.WriteUInt64LittleEndian(head[24..], _entry.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(head[32..], _entry.Term);
    }
}
