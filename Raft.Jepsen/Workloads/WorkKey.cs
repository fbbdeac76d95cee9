using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Workloads;

/// <summary>A key that clients work on until it has had its share of operations. Safe to use from any thread.</summary>
/// <param name="Name">The key.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Operations">How many operations it gets.</param>
internal sealed record WorkKey(string Name, KeyKind Kind, int Operations)
{
    private long _lastValue;
    private int _used;
    private int _openings;
    private volatile bool _isOpen = Kind != KeyKind.Bank;

    /// <summary>Clients may ask about it. A bank must have been opened before.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>True for the one who opens the bank.</summary>
    public bool TryBeginOpening() => !IsOpen && Interlocked.Increment(ref _openings) == 1;

    /// <summary>The bank was opened.</summary>
    public void Open() => _isOpen = true;

    /// <summary>A value that nobody had for this key.</summary>
    public long NextValue() => Interlocked.Increment(ref _lastValue);

    /// <summary>A value that somebody may have written, for a compare-and-set to expect; <c>null</c> when there is none.</summary>
    public long? RecentValue(int back)
    {
        long value = Interlocked.Read(ref _lastValue) - back;
        return value > 0 ? value : null;
    }

    /// <summary>Counts an operation; false when the key has had its share.</summary>
    public bool TryUse() => Interlocked.Increment(ref _used) <= Operations;
}
