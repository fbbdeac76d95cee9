using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;

namespace Raft.Storage.Faster.Format;

/// <summary>
/// What stands behind a snapshot's content in its file, which holds nothing else:
/// <code>
/// configuration | crc32c u32 | magic u32 | version u32 | configuration length i32 | size i64 | checksum u32 | zero u32 |
/// index u64 | term u64 | configuration index u64
/// </code>
/// The CRC covers the configuration and everything behind itself, and starts from the directory's salt.
/// </summary>
internal static class SnapshotTrailer
{
    private const int FixedBytes = 56;
    private const uint Magic = 0x534B_5246;
    private const uint Version = 1;

    public static byte[] Encode(SnapshotMetadata snapshot, uint salt, out uint crc)
    {
        byte[] configuration = ConfigurationCodec.Encode(snapshot.Configuration);
        byte[] trailer = new byte[configuration.Length + FixedBytes];
        configuration.CopyTo(trailer, 0);
        Span<byte> at = trailer.AsSpan(configuration.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(at[12..], configuration.Length);
        BinaryPrimitives.WriteInt64LittleEndian(at[16..], snapshot.Size);
        BinaryPrimitives.WriteUInt32LittleEndian(at[24..], snapshot.Checksum);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], snapshot.Id.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], snapshot.Id.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], snapshot.ConfigurationIndex);
        crc = Crc32C.Append(Crc32C.Append(salt, configuration), at[4..]);
        BinaryPrimitives.WriteUInt32LittleEndian(at, crc);
        return trailer;
    }

    /// <summary>Reads the trailer of a snapshot's file.</summary>
    /// <exception cref="StorageCorruptedException">The file does not end with one.</exception>
    /// <exception cref="StorageOpenException">A newer version wrote it.</exception>
    public static SnapshotMetadata Read(IDiskFile file, uint salt, out uint crc)
    {
        Span<byte> at = stackalloc byte[FixedBytes];
        long behind = file.Length - FixedBytes;
        if (behind < 0)
        {
            throw Damaged(file);
        }

        file.Read(behind, at);
        int length = BinaryPrimitives.ReadInt32LittleEndian(at[12..]);
        long size = BinaryPrimitives.ReadInt64LittleEndian(at[16..]);
        if (length < 0 || size < 0 || size != behind - length || BinaryPrimitives.ReadUInt32LittleEndian(at[4..]) != Magic)
        {
            throw Damaged(file);
        }

        byte[] configuration = new byte[length];
        file.Read(size, configuration);
        crc = Crc32C.Append(Crc32C.Append(salt, configuration), at[4..]);
        if (crc != BinaryPrimitives.ReadUInt32LittleEndian(at))
        {
            throw Damaged(file);
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(at[8..]);
        return version == Version
            ? Decode(file, at, configuration)
            : throw Newer(file, $"is of format version {version}, and this program reads version {Version}.");
    }

    private static SnapshotMetadata Decode(IDiskFile file, ReadOnlySpan<byte> at, byte[] configuration)
    {
        try
        {
            return new SnapshotMetadata(
                new LogId(BinaryPrimitives.ReadUInt64LittleEndian(at[40..]), BinaryPrimitives.ReadUInt64LittleEndian(at[32..])),
                ConfigurationCodec.Decode(configuration),
                BinaryPrimitives.ReadUInt64LittleEndian(at[48..]),
                BinaryPrimitives.ReadInt64LittleEndian(at[16..]),
                BinaryPrimitives.ReadUInt32LittleEndian(at[24..]));
        }
        catch (FormatException e)
        {
            // The checksum holds, so these are the bytes that had been written.
            throw Newer(file, $"can't be read by this program. {e.Message}", e);
        }
    }

    private static StorageOpenException Newer(IDiskFile file, string why, Exception? inner = null)
    {
        string message = $"The snapshot {file.Path} {why} Use the version that wrote it.";
        return inner is null ? new StorageOpenException(message) : new StorageOpenException(message, inner);
    }

    private static StorageCorruptedException Damaged(IDiskFile file) => new(
        $"The snapshot {file.Path} is damaged: its end is not what had been written. {StorageFinding.Remedy}");
}
