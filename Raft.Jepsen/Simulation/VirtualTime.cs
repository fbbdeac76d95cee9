namespace Raft.Jepsen.Simulation;

/// <summary>
/// Virtual time for code that takes its clock from outside. What waits on it goes on within the event that ends the wait, on the one thread that simulates.
/// </summary>
internal sealed class VirtualTime(Scheduler scheduler) : TimeProvider
{
    private static readonly DateTimeOffset _begin = DateTimeOffset.UnixEpoch.AddYears(50);

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Dictionary<long, Action> _due = [];
    private long _last;

    /// <summary>A microsecond each.</summary>
    public override long TimestampFrequency => 1_000_000;

    /// <summary>Microseconds since the run began.</summary>
    public long Now => scheduler.Now;

    /// <summary>The time of day of a clock.</summary>
    /// <param name="microseconds">What the clock has counted.</param>
    public static DateTimeOffset TimeOfDay(long microseconds) => _begin.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public override long GetTimestamp() => scheduler.Now;

    public override DateTimeOffset GetUtcNow() => TimeOfDay(scheduler.Now);

    /// <summary>Has something done in a while.</summary>
    /// <returns>A number by which to call it off.</returns>
    /// <exception cref="InvalidOperationException">Another thread simulates: what waited went on elsewhere, and the run is not repeatable.</exception>
    public long In(long microseconds, Action action)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("Something that waited for virtual time has left the thread that simulates.");
        }

        _due.Add(++_last, action);
        scheduler.In(microseconds, new SimulationEvent(EventKind.Timer, 0, 0, _last));
        return _last;
    }

    /// <summary>What an event of time is for is done now, unless it was called off.</summary>
    public void Fire(long number)
    {
        if (_due.Remove(number, out Action? action))
        {
            action();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(VirtualTime time, Action callback) : ITimer
    {
        private long _number;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan)
            {
                throw new NotSupportedException("Virtual timers fire once.");
            }

            time._due.Remove(_number);
            _number = dueTime == Timeout.InfiniteTimeSpan ? 0 : time.In((long)dueTime.TotalMicroseconds, callback);
            return true;
        }

        public void Dispose() => time._due.Remove(_number);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
