using System.Buffers.Binary;

namespace Raft.Jepsen.Simulation;

/// <summary>The 64-bit hashes of the simulator: fast, and the same on every machine and in every process.</summary>
internal static class Hash
{
    /// <summary>Scrambles a number (the finisher of SplitMix64).</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Continues a chain of hashes by one value.</summary>
    public static ulong Chain(ulong previous, ulong value) => Mix((previous * 0x9E3779B97F4A7C15) + value + 1);

    /// <summary>Continues a chain of hashes by bytes.</summary>
    public static ulong Chain(ulong previous, ReadOnlySpan<byte> bytes)
    {
        ulong hash = Chain(previous, (ulong)bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Chain(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte rest in bytes)
        {
            hash = Chain(hash, rest);
        }

        return hash;
    }
}
