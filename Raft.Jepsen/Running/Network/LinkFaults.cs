namespace Raft.Jepsen.Running.Network;

/// <summary>What is wrong with one direction between two nodes. Chances are in parts of a million, for each packet.</summary>
internal sealed record LinkFaults
{
    /// <summary>Nothing.</summary>
    public static LinkFaults None { get; } = new();

    /// <summary>What is sent arrives later by this.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>At most this comes on top of the delay, drawn anew each time.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Bytes that get through in a second; 0 for as many as come.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>Nothing gets through.</summary>
    public bool IsDown { get; init; }

    /// <summary>Connections that send something are reset at both ends.</summary>
    public bool Resets { get; init; }

    /// <summary>The chance to get lost.</summary>
    public int Loss { get; init; }

    /// <summary>The chance to arrive twice.</summary>
    public int Duplication { get; init; }

    /// <summary>The chance to be held back, so that later packets overtake.</summary>
    public int Reordering { get; init; }

    /// <summary>The chance to arrive with a wrong bit, which a checksum shows to the receiver.</summary>
    public int Corruption { get; init; }

    public override string ToString()
    {
        string[] parts =
        [
            .. Part(Delay > TimeSpan.Zero, $"delay {Delay.TotalMilliseconds} ms"), .. Part(Jitter > TimeSpan.Zero, $"jitter {Jitter.TotalMilliseconds} ms"),
            .. Part(BytesPerSecond > 0, $"{BytesPerSecond} bytes a second"), .. Part(IsDown, "down"), .. Part(Resets, "resets"),
            .. Part(Loss > 0, $"{Percent(Loss)} lost"), .. Part(Duplication > 0, $"{Percent(Duplication)} twice"),
            .. Part(Reordering > 0, $"{Percent(Reordering)} held back"), .. Part(Corruption > 0, $"{Percent(Corruption)} with a wrong bit"),
        ];
        return parts.Length == 0 ? "no faults" : string.Join(", ", parts);
    }

    private static string[] Part(bool applies, string text) => applies ? [text] : [];

    private static string Percent(int perMillion) => $"{perMillion / 10_000.0} %";
}
