using System.Threading.Tasks.Sources;

namespace Raft.Core.Node;

/// <summary>
/// What one waiting call waits on, used again for another call once this one is over. Two sides hold it: the caller until it has taken the outcome, and the
/// node until it has no more to say; it goes back to its pool when both have let go, so neither ever touches another call's wait. The node, and the caller's
/// cancellation, race to end the wait, and the first one wins.
/// </summary>
/// <remarks>
/// The outcome is handed over on a thread of the pool, never on the one that ends the wait: that would be the node's loop or the one that applies commands,
/// and the caller's code would hold it up. Being the work item itself, it costs no allocation.
/// </remarks>
internal sealed class PooledCompletion<TResult>(CompletionPool<TResult> pool) : IValueTaskSource<TResult>, IValueTaskSource, IThreadPoolWorkItem
{
    private const int Sides = 2;

    private ManualResetValueTaskSourceCore<TResult> _source;
    private CancellationTokenRegistration _registration;
    private TResult? _result;
    private Exception? _error;
    private int _ended;
    private int _holders;

    /// <summary>When the call began, as a timestamp; 0 when nobody measures. To be read before the wait is ended.</summary>
    public long StartedAt { get; private set; }

    /// <summary>The next one in the pool.</summary>
    internal PooledCompletion<TResult>? Next { get; set; }

    /// <summary>Made ready for a call, by the pool.</summary>
    internal void Open(long startedAt)
    {
        StartedAt = startedAt;
        _holders = Sides;
        _ended = 0;
    }

    /// <summary>The caller's wait. Cancellation ends it, and nothing else. Called once, after the node was given the call.</summary>
    public ValueTask<TResult> WaitAsync(CancellationToken cancellationToken)
    {
        var wait = new ValueTask<TResult>(this, _source.Version);
        EndOn(cancellationToken);
        return wait;
    }

    /// <inheritdoc cref="WaitAsync"/>
    public ValueTask WaitWithoutResultAsync(CancellationToken cancellationToken)
    {
        var wait = new ValueTask(this, _source.Version);
        EndOn(cancellationToken);
        return wait;
    }

    /// <summary>Gives it back unused: the node did not take the call.</summary>
    public void Discard()
    {
        Release();
        Release();
    }

    /// <summary>Ends the wait, for the node, which forgets it. Returns false when the caller had given up before.</summary>
    public bool TrySetResult(TResult result) => EndForNode(result, null);

    /// <inheritdoc cref="TrySetResult"/>
    public bool TrySetException(Exception error) => EndForNode(default, error);

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        if (_error is null)
        {
            _source.SetResult(_result!);
        }
        else
        {
            _source.SetException(_error);
        }
    }

    /// <inheritdoc/>
    public TResult GetResult(short token)
    {
        if (_source.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The call has not ended; await it.");
        }

        // Waits for a cancellation that is being carried out: it must not reach the next call.
        _registration.Dispose();
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Release();
        }
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _source.OnCompleted(continuation, state, token, flags);

    private void EndOn(CancellationToken cancellationToken)
        => _registration = cancellationToken.UnsafeRegister(
            static (self, cancelled) => ((PooledCompletion<TResult>)self!).TryEnd(default, new OperationCanceledException(cancelled)), this);

    private bool EndForNode(TResult? result, Exception? error)
    {
        bool won = TryEnd(result, error);
        Release();
        return won;
    }

    private bool TryEnd(TResult? result, Exception? error)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return false;
        }

        _result = result;
        _error = error;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _source.Reset();
            _registration = default;
            _result = default;
            _error = null;
            pool.Return(this);
        }
    }
}
