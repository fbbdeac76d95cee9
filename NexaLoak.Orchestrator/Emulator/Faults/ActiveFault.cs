using System.Collections.Immutable;

namespace NexaLoak.Orchestrator.Emulator.Faults;

/// <summary>A fault that was set.</summary>
internal sealed class ActiveFault(long id, FaultRule rule, long setAt, ImmutableArray<EmulatedRecord> recordsThen)
{
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _hanging;
    private int _hits;

    /// <summary>Names the fault.</summary>
    public long Id { get; } = id;

    /// <summary>Which requests meet it.</summary>
    public FaultRule Rule { get; } = rule;

    /// <summary>Timestamp of its setting.</summary>
    public long SetAt { get; } = setAt;

    /// <summary>The zone's records when it was set.</summary>
    public ImmutableArray<EmulatedRecord> RecordsThen { get; } = recordsThen;

    /// <summary>Requests that met it.</summary>
    public int Hits => Volatile.Read(ref _hits);

    /// <summary>Requests that wait at it now.</summary>
    public int Hanging => Volatile.Read(ref _hanging);

    /// <summary>Whether it met as many requests as it should.</summary>
    public bool IsUsedUp => Hits >= Rule.Count;

    /// <summary>Counts a request that met it.</summary>
    public void Hit() => Interlocked.Increment(ref _hits);

    /// <summary>Lets the requests that wait go on.</summary>
    public void Release() => _removed.TrySetResult();

    /// <summary>Waits for the fault's time, or until it is removed.</summary>
    public async Task HangAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _hanging);
        try
        {
            TimeSpan limit = Rule.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(_removed.Task, Task.Delay(limit, time, end.Token));
            await end.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            Interlocked.Decrement(ref _hanging);
        }
    }
}
