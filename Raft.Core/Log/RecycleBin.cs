namespace Raft.Core.Log;

/// <summary>
/// Things that may be used again once nobody looks at them any more. Each is retired under the number of the newest <see cref="Consensus.Ready"/> that may have
/// handed it out, and is free when the driver has released that one. Without releases it only holds what it must, and the garbage collector does the rest.
/// </summary>
internal sealed class RecycleBin<T>(int capacity)
    where T : class
{
    private readonly Queue<(T Item, ulong Number)> _retired = new();
    private readonly Stack<T> _free = new();

    public void Retire(T item, ulong number)
    {
        if (_retired.Count == capacity)
        {
            _retired.Dequeue();
        }

        _retired.Enqueue((item, number));
    }

    /// <summary>Everything that was retired under <paramref name="number"/> or a lower one is free.</summary>
    public void Release(ulong number)
    {
        while (_retired.TryPeek(out (T Item, ulong Number) oldest) && oldest.Number <= number)
        {
            _retired.Dequeue();
            if (_free.Count < capacity)
            {
                _free.Push(oldest.Item);
            }
        }
    }

    public T? Take() => _free.TryPop(out T? item) ? item : null;
}
