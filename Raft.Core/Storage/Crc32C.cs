using System.Buffers.Binary;
using System.Numerics;

namespace Raft.Core.Storage;

/// <summary>
/// CRC-32C (Castagnoli), which finds every error burst of up to 32 bits and every flip of up to three bits in a
/// record. The checksum of <see cref="SnapshotMetadata"/>, the same on every node and in every storage.
/// </summary>
public static class Crc32C
{
    /// <summary>Continues <paramref name="crc"/> (at first: 0, or a salt) over <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
