namespace Raft.Jepsen.Simulation;

/// <summary>
/// Counter-based random numbers: draw n of a stream is a hash of its key and n. No floating point, so every machine draws the same.
/// </summary>
internal sealed class RandomStream(ulong key)
{
    private ulong _key = key;
    private ulong _counter;

    /// <summary>Becomes the stream of another key.</summary>
    public void Restart(ulong key) => (_key, _counter) = (key, 0);

    public ulong Next() => Hash.Mix(_key + (++_counter * 0x9E3779B97F4A7C15));

    /// <summary>A number from 0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public long Between(long low, long high) => low + (long)(Next() % (ulong)(high - low + 1));

    /// <summary>True with a probability given in parts of a million. Takes one number always, so the rates of a plan shift no draw.</summary>
    public bool Chance(int perMillion) => Next() % 1_000_000 < (ulong)perMillion;

    /// <summary>A waiting time whose probability halves with every further <paramref name="typical"/>, cut off at twenty of them.</summary>
    public long Wait(long typical)
    {
        int halvings = Math.Min(System.Numerics.BitOperations.TrailingZeroCount(Next()), 20);
        return (typical * halvings) + Between(0, typical);
    }

    /// <summary>A waiting time or none. Takes the same numbers either way.</summary>
    public long WaitIf(bool waits, long typical)
    {
        if (waits)
        {
            return Wait(typical);
        }

        _counter += 2;
        return 0;
    }
}
