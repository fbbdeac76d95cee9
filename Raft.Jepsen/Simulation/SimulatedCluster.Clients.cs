using System.Buffers.Binary;
using Raft.Core.Consensus;
using Raft.Core.Log;

namespace Raft.Jepsen.Simulation;

// What clients do, and what they are told.
internal sealed partial class SimulatedCluster
{
    private const int ValueBytes = sizeof(ulong);

    private byte[] _values = new byte[4096 * ValueBytes];
    private int _usedBytes;
    private ulong _newestValue;
    private ulong _readFloor;

    private void ProposeSomewhere()
    {
        if (_healing)
        {
            return;
        }

        _scheduler.In(_clients.Wait(_plan.ProposeInterval), new SimulationEvent(EventKind.Propose, 0, 0, 0));
        SimulatedNode node = AnyNode();
        if (!node.IsUp || node.PausedUntil > _scheduler.Now)
        {
            return;
        }

        bool forward = _clients.Below(2) == 0;
        for (int left = 1 + _clients.Below(_plan.MaxBatch); left > 0; left--)
        {
            Propose(node, forward);
        }

        AfterInput(node);
    }

    private void Propose(SimulatedNode node, bool forward)
    {
        switch (node.Core!.Propose(NewValue(), forward, out LogId id))
        {
            case ProposalStatus.Appended:
                node.Proposals.Enqueue(new PendingProposal(id));
                break;
            case ProposalStatus.Forwarded:
                Count(Occurrence.ProposalForwarded);
                break;
            case ProposalStatus.UncommittedLimit:
                Count(Occurrence.ProposalOverLimit);
                break;
            default:
                break;
        }
    }

    private ReadOnlyMemory<byte> NewValue()
    {
        if (_usedBytes == _values.Length)
        {
            _values = new byte[_values.Length];
            _usedBytes = 0;
        }

        Memory<byte> value = _values.AsMemory(_usedBytes, ValueBytes);
        _usedBytes += ValueBytes;
        BinaryPrimitives.WriteUInt64LittleEndian(value.Span, ++_newestValue);
        return value;
    }

    private void ReadSomewhere()
    {
        if (_healing)
        {
            return;
        }

        _scheduler.In(_clients.Wait(_plan.ReadInterval), new SimulationEvent(EventKind.Read, 0, 0, 0));
        SimulatedNode node = AnyNode();
        if (node.IsUp && node.PausedUntil <= _scheduler.Now)
        {
            RequestRead(node);
            AfterInput(node);
        }
    }

    private void RequestRead(SimulatedNode node)
    {
        RaftCore core = node.Core!;
        if (_mutant.ServesReadsAtOnce && core.Role == Role.Leader)
        {
            _invariants.OnRead(node, new PendingRead(core.Term, 0, _readFloor, core.CommitIndex), core.CommitIndex);
            return;
        }

        ulong context = core.RequestRead();
        if (context > 0)
        {
            node.Reads.Enqueue(new PendingRead(core.Term, context, _readFloor, core.CommitIndex));
            Raise(TriggerPoint.ReadRequested);
        }
    }

    private void ConfirmReads(SimulatedNode node, IReadOnlyList<ReadState> confirmed)
    {
        for (int i = 0; i < confirmed.Count; i++)
        {
            while (node.Reads.TryPeek(out PendingRead read) && read.Context <= confirmed[i].Context)
            {
                node.Reads.Dequeue();
                Count(Occurrence.ReadConfirmed);
                ulong index = _mutant.ReadIndex(read, confirmed[i].Index);
                _invariants.OnRead(node, read, index);
                _readFloor = Math.Max(_readFloor, index);
            }
        }
    }

    /// <summary>
    /// A client is told that its command is done when the node that took it has applied the entry; if another entry took the place, it
    /// failed.
    /// </summary>
    private void AnswerProposals(SimulatedNode node)
    {
        ulong applied = node.StateMachine.AppliedIndex;
        while (node.Proposals.TryPeek(out PendingProposal proposal) && proposal.Id.Index <= applied)
        {
            node.Proposals.Dequeue();
            if (node.Disk.Issued[proposal.Id.Index].Entry.Term == proposal.Id.Term)
            {
                Count(Occurrence.ProposalAcknowledged);
                _readFloor = Math.Max(_readFloor, proposal.Id.Index);
            }
        }
    }

    /// <summary>
    /// Clients of a leadership that is over are told that the outcome is unknown. A node may win and lose a leadership between two looks of
    /// its driver, so the terms decide, not the roles seen.
    /// </summary>
    private void AbandonCalls(SimulatedNode node)
    {
        ulong term = node.IsLeader ? node.Core!.Term : ulong.MaxValue;
        while (node.Proposals.TryPeek(out PendingProposal proposal) && proposal.Id.Term < term)
        {
            node.Proposals.Dequeue();
            Count(Occurrence.ProposalUnknown);
        }

        while (node.Reads.TryPeek(out PendingRead read) && read.Term < term)
        {
            node.Reads.Dequeue();
            Count(Occurrence.ReadAbandoned);
        }
    }

    /// <summary>Half of the requests go to whoever takes itself for a leader.</summary>
    private SimulatedNode AnyNode()
    {
        int start = _clients.Below(_nodes.Length);
        bool wantsLeader = _clients.Below(2) == 0;
        for (int i = 0; wantsLeader && i < _nodes.Length; i++)
        {
            if (_nodes[(start + i) % _nodes.Length] is { IsLeader: true } leader)
            {
                return leader;
            }
        }

        return _nodes[start];
    }
}
