using Raft.Core.Consensus;

namespace Raft.Core.Node;

/// <summary>Callers that wait for a read barrier: first for their round to be confirmed, then for its index to be applied. Used by the node's loop only.</summary>
internal sealed class PendingReads(NodeMetrics metrics)
{
    private readonly List<PooledCompletion<bool>> _arrived = [];
    private readonly Dictionary<ulong, PooledCompletion<bool>[]> _asked = [];
    private readonly PriorityQueue<PooledCompletion<bool>[], ulong> _confirmed = new();

    /// <summary>True when readers arrived for whom no round was begun yet.</summary>
    public bool HasArrived => _arrived.Count > 0;

    public void Add(PooledCompletion<bool> reader) => _arrived.Add(reader);

    /// <summary>One round serves all who arrived before it.</summary>
    public void OnRoundBegun(ulong context)
    {
        _asked.Add(context, [.. _arrived]);
        _arrived.Clear();
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

    /// <summary>Ends the waits for whom no round was begun.</summary>
    public void FailArrived(Func<Exception> reason)
    {
        Fail(_arrived, reason);
        _arrived.Clear();
    }

    /// <summary>Ends the waits for rounds that nobody will confirm any more. A confirmed round stays good.</summary>
    public void FailBegunRounds(Func<Exception> reason)
    {
        foreach (PooledCompletion<bool>[] readers in _asked.Values)
        {
            Fail(readers, reason);
        }

        _asked.Clear();
    }

    public void FailAll(Func<Exception> reason)
    {
        FailArrived(reason);
        FailBegunRounds(reason);
        while (_confirmed.TryDequeue(out PooledCompletion<bool>[]? readers, out _))
        {
            Fail(readers, reason);
        }
    }

    private static void Fail(IEnumerable<PooledCompletion<bool>> readers, Func<Exception> reason)
    {
        foreach (PooledCompletion<bool> reader in readers)
        {
            reader.TrySetException(reason());
        }
    }
}
