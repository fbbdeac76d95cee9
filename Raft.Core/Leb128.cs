namespace Raft.Core;

/// <summary>Unsigned numbers of variable length: seven bits a byte, the lowest first, the top bit set on all but the last byte.</summary>
internal static class Leb128
{
    /// <summary>Most bytes that a number takes.</summary>
    public const int MaxBytes = 10;

    /// <summary>Writes a number and moves <paramref name="target"/> behind it.</summary>
    public static void Write(ref Span<byte> target, ulong value)
    {
        int i = 0;
        for (; value >= 0x80; value >>= 7)
        {
            target[i++] = (byte)(value | 0x80);
        }

        target[i++] = (byte)value;
        target = target[i..];
    }

    /// <summary>Reads a number and moves <paramref name="source"/> behind it. Returns false, and moves nothing, when it is cut off or has more than 64 bits.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        for (int i = 0; i < source.Length && i < MaxBytes; i++)
        {
            if (i == MaxBytes - 1 && source[i] > 1)
            {
                return false;
            }

            value |= (ulong)(source[i] & 0x7F) << (7 * i);
            if (source[i] < 0x80)
            {
                source = source[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
