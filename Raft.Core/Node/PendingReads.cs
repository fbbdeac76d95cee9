using Raft.Core.Consensus;

namespace Raft.Core.Node;

/// <summary>Callers that wait for a read barrier: first for their round to be confirmed, then for its index to be applied. Used by the node's loop only.</summary>
internal sealed class PendingReads(NodeMetrics metrics)
{
    private readonly List<(PooledCompletion<bool> Reader, ReadConsistency Consistency)> _arrived = [];
    private readonly Dictionary<ulong, PooledCompletion<bool>[]> _asked = [];
    private readonly PriorityQueue<PooledCompletion<bool>[], ulong> _confirmed = new();

    /// <summary>True when readers arrived for whom nothing was begun yet.</summary>
    public bool HasArrived => _arrived.Count > 0;

    /// <summary>True when some of them are content with what was true a while ago.</summary>
    public bool HasArrivedBounded => _arrived.Exists(static arrived => arrived.Consistency == ReadConsistency.BoundedStale);

    public void Add(PooledCompletion<bool> reader, ReadConsistency consistency) => _arrived.Add((reader, consistency));

    /// <summary>One round serves all who arrived before it.</summary>
    public void OnRoundBegun(ulong context) => _asked.Add(context, TakeArrived());

    /// <summary>The leader's lease serves all who arrived before it was looked at.</summary>
    public void OnLease(ulong index) => _confirmed.Enqueue(TakeArrived(), index);

    /// <summary>What is known of late serves those who are content with it.</summary>
    public void OnFresh(ulong index)
    {
        _confirmed.Enqueue([.. ArrivedWith(ReadConsistency.BoundedStale)], index);
        _arrived.RemoveAll(static arrived => arrived.Consistency == ReadConsistency.BoundedStale);
    }

    public void OnConfirmed(ReadState read)
    {
        if (_asked.Remove(read.Context, out PooledCompletion<bool>[]? readers))
        {
            _confirmed.Enqueue(readers, read.Index);
        }
    }

    public void OnApplied(ulong applied)
    {
        while (_confirmed.TryPeek(out PooledCompletion<bool>[]? readers, out ulong index) && index <= applied)
        {
            _confirmed.Dequeue();
            foreach (PooledCompletion<bool> reader in readers)
            {
                long startedAt = reader.StartedAt;
                if (reader.TrySetResult(true))
                {
                    metrics.OnReadServed(ReadConsistency.Linearizable, startedAt);
                }
            }
        }
    }

    /// <summary>Ends the waits for whom nothing was begun.</summary>
    public void FailArrived(Func<Exception> reason) => Fail(TakeArrived(), reason);

    /// <summary>Of those for whom nothing was begun, ends the waits that only a leader can serve.</summary>
    public void FailArrivedOnLeaderOnly(Func<Exception> reason)
    {
        Fail(ArrivedWith(ReadConsistency.Leader), reason);
        _arrived.RemoveAll(static arrived => arrived.Consistency == ReadConsistency.Leader);
    }

    /// <summary>Ends the waits for a round that nobody will confirm any more.</summary>
    public void OnFailed(ulong context, Func<Exception> reason)
    {
        if (_asked.Remove(context, out PooledCompletion<bool>[]? readers))
        {
            Fail(readers, reason);
        }
    }

    public void FailAll(Func<Exception> reason)
    {
        FailArrived(reason);
        foreach (PooledCompletion<bool>[] readers in _asked.Values)
        {
            Fail(readers, reason);
        }

        _asked.Clear();
        while (_confirmed.TryDequeue(out PooledCompletion<bool>[]? readers, out _))
        {
            Fail(readers, reason);
        }
    }

    private IEnumerable<PooledCompletion<bool>> ArrivedWith(ReadConsistency consistency)
        => _arrived.Where(arrived => arrived.Consistency == consistency).Select(static arrived => arrived.Reader);

    private PooledCompletion<bool>[] TakeArrived()
    {
        var readers = new PooledCompletion<bool>[_arrived.Count];
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i] = _arrived[i].Reader;
        }

        _arrived.Clear();
        return readers;
    }

    private static void Fail(IEnumerable<PooledCompletion<bool>> readers, Func<Exception> reason)
    {
        foreach (PooledCompletion<bool> reader in readers)
        {
            reader.TrySetException(reason());
        }
    }
}
