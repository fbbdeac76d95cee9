using System.Numerics;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Node;

/// <summary>
/// Callers that wait for a proposal to be applied, in a ring by its index. The node's loop adds and abandons, the apply loop completes; whoever takes a
/// caller out decides its outcome. The ring spans the indices from the first to the last one that is waited for, and grows as it must.
/// </summary>
internal sealed class PendingProposals(NodeMetrics metrics)
{
    private const int SmallestRing = 1024;
    private const int LargestIdleRing = 65_536;

    private readonly Lock _lock = new();
    private Slot[] _ring = new Slot[SmallestRing];
    private ulong _first;
    private ulong _end;
    private int _count;

    /// <summary>How many proposals are waited for.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Add(LogId id, PooledCompletion<ProposalResult> proposer)
    {
        Slot replaced;
        lock (_lock)
        {
            MakeRoom(id.Index);
            ref Slot slot = ref At(id.Index);
            replaced = slot;
            slot = new Slot(id.Term, proposer);
            _count += replaced.Proposer is null ? 1 : 0;
        }

        // This node leads with another entry at that place, so the earlier one was not committed and never will be.
        Refuse(replaced.Proposer);
    }

    /// <summary>An entry was applied. Where another entry stands at a proposal's index, the proposal is certainly lost.</summary>
    public void OnApplied(LogId id, ReadOnlyMemory<byte> reply)
    {
        if (Count == 0)
        {
            return;
        }

        Slot slot = Take(id.Index);
        if (slot.Proposer is null || slot.Term != id.Term)
        {
            Refuse(slot.Proposer);
            return;
        }

        long startedAt = slot.Proposer.StartedAt;
        bool awaited = slot.Proposer.TrySetResult(new ProposalResult(id.Term, id.Index, reply));
        metrics.OnProposalEnded(awaited ? ProposalOutcome.Committed : ProposalOutcome.Cancelled, startedAt);
    }

    /// <summary>
    /// Ends the waits for entries above <paramref name="after"/> and up to <paramref name="upTo"/> that were not proposed in <paramref name="leadingTerm"/>:
    /// nobody here will learn what becomes of them.
    /// </summary>
    /// <param name="after">Waits up to this index stay.</param>
    /// <param name="upTo">Waits above this index stay.</param>
    /// <param name="leadingTerm">Term in which this node leads; 0 when it does not.</param>
    /// <param name="message">Why the wait ends.</param>
    /// <param name="reason">What is behind it.</param>
    public void Abandon(ulong after, ulong upTo, ulong leadingTerm, string message, Exception? reason = null)
    {
        if (Count == 0)
        {
            return;
        }

        foreach (PooledCompletion<ProposalResult> proposer in TakeAbandoned(after, upTo, leadingTerm))
        {
            long startedAt = proposer.StartedAt;
            bool awaited = proposer.TrySetException(new OutcomeUnknownException(message, reason));
            metrics.OnProposalEnded(awaited ? ProposalOutcome.Unknown : ProposalOutcome.Cancelled, startedAt);
        }
    }

    private List<PooledCompletion<ProposalResult>> TakeAbandoned(ulong after, ulong upTo, ulong leadingTerm)
    {
        var abandoned = new List<PooledCompletion<ProposalResult>>();
        lock (_lock)
        {
            for (ulong index = Math.Max(_first, after + 1); index < _end && index <= upTo; index++)
            {
                ref Slot slot = ref At(index);
                if (slot.Proposer is not null && slot.Term != leadingTerm)
                {
                    abandoned.Add(slot.Proposer);
                    slot = default;
                }
            }

            _count -= abandoned.Count;
        }

        return abandoned;
    }

    private Slot Take(ulong index)
    {
        lock (_lock)
        {
            if (index < _first || index >= _end)
            {
                return default;
            }

            ref Slot slot = ref At(index);
            Slot taken = slot;
            slot = default;
            _count -= taken.Proposer is null ? 0 : 1;
            _first += index == _first ? 1UL : 0;
            return taken;
        }
    }

    private void Refuse(PooledCompletion<ProposalResult>? proposer)
    {
        if (proposer is not null)
        {
            long startedAt = proposer.StartedAt;
            bool awaited = proposer.TrySetException(new NotLeaderException(NodeId.None));
            metrics.OnProposalEnded(awaited ? ProposalOutcome.NotLeader : ProposalOutcome.Cancelled, startedAt);
        }
    }

    private ref Slot At(ulong index) => ref _ring[(int)(index & (ulong)(_ring.Length - 1))];

    private void MakeRoom(ulong index)
    {
        if (_count == 0)
        {
            _first = _end = index;
            _ring = _ring.Length > LargestIdleRing ? new Slot[SmallestRing] : _ring;
        }

        ulong first = Math.Min(_first, index);
        ulong end = Math.Max(_end, index + 1);
        if (end - first > (ulong)_ring.Length)
        {
            Grow(end - first);
        }

        (_first, _end) = (first, end);
    }

    private void Grow(ulong span)
    {
        var larger = new Slot[checked((int)BitOperations.RoundUpToPowerOf2(span))];
        for (ulong index = _first; index < _end; index++)
        {
            larger[(int)(index & (ulong)(larger.Length - 1))] = At(index);
        }

        _ring = larger;
    }

    private readonly record struct Slot(ulong Term, PooledCompletion<ProposalResult>? Proposer);
}
