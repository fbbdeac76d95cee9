namespace Raft.Core.Consensus;

/// <summary>
/// Draws randomised election timeouts (Raft paper, section 5.2) from a seed, with SplitMix64, so that a run can be repeated bit for bit.
/// </summary>
internal sealed class ElectionTimer
{
    private readonly int _electionTicks;
    private ulong _state;

    public ElectionTimer(int electionTicks, ulong seed)
    {
        _electionTicks = electionTicks;
        _state = seed;
        Redraw();
    }

    /// <summary>Ticks since the last sign of a leader, or on a leader since check-quorum looked last.</summary>
    public int Elapsed { get; private set; }

    /// <summary>Ticks after which the node campaigns: from the election timeout to twice that, minus one.</summary>
    public int Timeout { get; set; }

    /// <summary>True while a leader was heard of within the shortest election timeout.</summary>
    public bool IsWithinLease => Elapsed < _electionTicks;

    public bool HasExpired => Elapsed >= Timeout;

    public void Tick() => Elapsed++;

    public void Restart() => Elapsed = 0;

    /// <summary>Starts over with a new random timeout.</summary>
    public void Redraw()
    {
        Elapsed = 0;
        Timeout = _electionTicks + (int)(Next() % (ulong)_electionTicks);
    }

    /// <summary>Waits on, for a fifth of the election timeout at most.</summary>
    public void Extend() => Timeout = Elapsed + 1 + (int)(Next() % (ulong)Math.Max(1, _electionTicks / 5));

    /// <summary>Starts over with a given timeout.</summary>
    public void WaitFor(int ticks)
    {
        Elapsed = 0;
        Timeout = ticks;
    }

    private ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>A number as good as random for each <paramref name="z"/>.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
