namespace Raft.Jepsen.Running.Network;

/// <summary>Lets through while it is open, and has everybody wait while it is shut. Safe to use from any thread.</summary>
internal sealed class Gate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _shut;

    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _shut is null;
            }
        }
    }

    public void Shut()
    {
        lock (_lock)
        {
            _shut ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Open()
    {
        lock (_lock)
        {
            _shut?.TrySetResult();
            _shut = null;
        }
    }

    /// <summary>Completes when the gate is open.</summary>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        while (Wait() is { } shut)
        {
            await shut.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private Task? Wait()
    {
        lock (_lock)
        {
            return _shut?.Task;
        }
    }
}
