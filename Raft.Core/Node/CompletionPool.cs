namespace Raft.Core.Node;

/// <summary>Keeps completions for further calls. What is above its bound, or never awaited, is left to the garbage collector. Thread-safe.</summary>
internal sealed class CompletionPool<TResult>
{
    private const int MaxIdle = 16_384;

    private readonly Lock _lock = new();
    private PooledCompletion<TResult>? _top;
    private int _idle;

    /// <summary>How many wait to be used again.</summary>
    public int Idle => Volatile.Read(ref _idle);

    public PooledCompletion<TResult> Rent(long startedAt)
    {
        PooledCompletion<TResult> completion = Pop() ?? new PooledCompletion<TResult>(this);
        completion.Open(startedAt);
        return completion;
    }

    internal void Return(PooledCompletion<TResult> completion)
    {
        lock (_lock)
        {
            if (_idle < MaxIdle)
            {
                completion.Next = _top;
                _top = completion;
                _idle++;
            }
        }
    }

    private PooledCompletion<TResult>? Pop()
    {
        lock (_lock)
        {
            PooledCompletion<TResult>? completion = _top;
            if (completion is not null)
            {
                _top = completion.Next;
                completion.Next = null;
                _idle--;
            }

            return completion;
        }
    }
}
