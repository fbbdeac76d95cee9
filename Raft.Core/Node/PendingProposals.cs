using System.Collections.Concurrent;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Node;

/// <summary>
/// Callers that wait for a proposal to be applied, by its index. The node's loop adds and abandons, the apply loop completes; whoever removes an
/// entry decides its outcome.
/// </summary>
internal sealed class PendingProposals
{
    private readonly ConcurrentDictionary<ulong, Pending> _pending = new();

    public void Add(LogId id, TaskCompletionSource<ProposalResult> proposer)
    {
        if (_pending.TryRemove(id.Index, out Pending replaced))
        {
            replaced.Proposer.TrySetException(new NotLeaderException(NodeId.None));
        }

        _pending[id.Index] = new Pending(id.Term, proposer);
    }

    /// <summary>An entry was applied. Where another entry stands at a proposal's index, the proposal is certainly lost.</summary>
    public void OnApplied(LogId id, ReadOnlyMemory<byte> reply)
    {
        if (!_pending.TryRemove(id.Index, out Pending pending))
        {
            return;
        }

        if (pending.Term == id.Term)
        {
            pending.Proposer.TrySetResult(new ProposalResult(id.Term, id.Index, reply));
        }
        else
        {
            pending.Proposer.TrySetException(new NotLeaderException(NodeId.None));
        }
    }

    /// <summary>
    /// Ends the waits for entries above <paramref name="index"/> that were not proposed in <paramref name="leadingTerm"/>: nobody here will learn what
    /// becomes of them.
    /// </summary>
    /// <param name="index">Highest index whose fate is settled.</param>
    /// <param name="leadingTerm">Term in which this node leads; 0 when it does not.</param>
    /// <param name="message">Why the wait ends.</param>
    /// <param name="reason">What is behind it.</param>
    public void AbandonAbove(ulong index, ulong leadingTerm, string message, Exception? reason = null)
    {
        foreach ((ulong pendingIndex, Pending pending) in _pending)
        {
            if (pendingIndex > index && pending.Term != leadingTerm && _pending.TryRemove(KeyValuePair.Create(pendingIndex, pending)))
            {
                pending.Proposer.TrySetException(new OutcomeUnknownException(message, reason));
            }
        }
    }

    private readonly record struct Pending(ulong Term, TaskCompletionSource<ProposalResult> Proposer);
}
