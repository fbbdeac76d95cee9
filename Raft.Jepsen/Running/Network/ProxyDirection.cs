using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Network;

/// <summary>One direction between two nodes, as far as a proxy of TCP connections can harm it. Safe to use from any thread.</summary>
/// <param name="random">Draws the jitter.</param>
internal sealed class ProxyDirection(RandomStream random) : IDisposable
{
    // A timer may be early by its granularity.
    private static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(1);

    private readonly Gate _cut = new();
    private readonly Gate _down = new();
    private readonly Lock _lock = new();
    private LinkFaults _faults = LinkFaults.None;
    private CancellationTokenSource _resets = new();
    private long _resetConnections;

    /// <summary>Cancelled when connections are reset, and as long as they are.</summary>
    public CancellationToken Resets
    {
        get
        {
            lock (_lock)
            {
                return _resets.Token;
            }
        }
    }

    /// <summary>Connections that were reset.</summary>
    public long ResetConnections => Interlocked.Read(ref _resetConnections);

    public void Cut() => _cut.Shut();

    public void Heal() => _cut.Open();

    /// <summary>Does this from now on, in the place of what was done before.</summary>
    public void Disturb(LinkFaults faults)
    {
        CancellationTokenSource? resetting = null;
        lock (_lock)
        {
            _faults = faults;
            if (faults.Resets)
            {
                resetting = _resets;
            }
            else if (_resets.IsCancellationRequested)
            {
                _resets.Dispose();
                _resets = new CancellationTokenSource();
            }
        }

        if (faults.IsDown)
        {
            _down.Shut();
        }
        else
        {
            _down.Open();
        }

        resetting?.Cancel();
    }

    /// <summary>Counts a connection that was reset.</summary>
    public void CountReset() => Interlocked.Increment(ref _resetConnections);

    /// <summary>Completes when bytes that are sent now have arrived.</summary>
    public async ValueTask PassAsync(int bytes, CancellationToken cancellationToken)
    {
        TimeSpan delay = DelayOf(bytes);
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay + TimerSlack, cancellationToken).ConfigureAwait(false);
        }

        while (!_cut.IsOpen || !_down.IsOpen)
        {
            await _cut.PassAsync(cancellationToken).ConfigureAwait(false);
            await _down.PassAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _resets.Dispose();

    private TimeSpan DelayOf(int bytes)
    {
        lock (_lock)
        {
            TimeSpan jitter = _faults.Jitter > TimeSpan.Zero ? TimeSpan.FromTicks(random.Between(0, _faults.Jitter.Ticks)) : TimeSpan.Zero;
            TimeSpan queued = _faults.BytesPerSecond > 0 ? TimeSpan.FromSeconds((double)bytes / _faults.BytesPerSecond) : TimeSpan.Zero;
            return _faults.Delay + jitter + queued;
        }
    }
}
