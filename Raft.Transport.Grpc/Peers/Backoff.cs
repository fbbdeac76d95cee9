namespace Raft.Transport.Grpc.Peers;

/// <summary>Pauses between attempts: each twice the one before, up to a maximum, with jitter so that nodes do not move in step.</summary>
internal sealed class Backoff(TimeSpan initial, TimeSpan maximum, Random random)
{
    private TimeSpan? _last;

    /// <summary>The next pause: between half of what is due and all of it.</summary>
    public TimeSpan Next()
    {
        TimeSpan due = _last is { } last ? (last * 2 < maximum ? last * 2 : maximum) : initial;
        _last = due;
        return due * (0.5 + (random.NextDouble() / 2));
    }

    /// <summary>Begins anew, after a success.</summary>
    public void Reset() => _last = null;
}
