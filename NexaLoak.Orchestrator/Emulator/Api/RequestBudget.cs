namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>Counts requests, and blocks all for a while once there are too many. Thread-safe.</summary>
internal sealed class RequestBudget(int limit, TimeSpan window, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _windowStart = time.GetTimestamp();
    private int _count;
    private bool _blocked;

    /// <summary>Requests of one window.</summary>
    public int Limit => limit;

    /// <summary>Counts a request.</summary>
    /// <returns>Requests that are still free in this window, and the time until the next.</returns>
    /// <exception cref="ApiException">There were too many.</exception>
    public (int Remaining, TimeSpan Reset) Spend()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_windowStart) >= window)
            {
                Restart();
                _blocked = false;
            }

            if (!_blocked && ++_count > limit)
            {
                Restart();
                _blocked = true;
            }

            TimeSpan reset = window - time.GetElapsedTime(_windowStart);
            return _blocked ? throw ApiErrors.RequestsExceeded(limit, window, reset) : (limit - _count, reset);
        }
    }

    private void Restart()
    {
        _windowStart = time.GetTimestamp();
        _count = 0;
    }
}
