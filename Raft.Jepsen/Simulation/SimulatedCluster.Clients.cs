using System.Buffers.Binary;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Node;

namespace Raft.Jepsen.Simulation;

// What clients do, and what they are told.
internal sealed partial class SimulatedCluster
{
    private const int ValueBytes = sizeof(ulong);

    private byte[] _values = new byte[4096 * ValueBytes];
    private int _usedBytes;
    private ulong _newestValue;

    private void BeginOperations()
    {
        _store?.Begin();
        if (_script is null)
        {
            ScheduleFirstOperations();
            return;
        }

        foreach (Operation operation in _script.Operations)
        {
            _scheduler.At(operation.At, EventOf(operation.Kind, operation.Number));
        }
    }

    /// <summary>With a workload, only the members change beside it.</summary>
    private void ScheduleFirstOperations()
    {
        if (_plan.ChangeInterval > 0)
        {
            ScheduleOperation(OperationKind.Change, 0);
        }

        if (_store is not null)
        {
            return;
        }

        ScheduleOperation(OperationKind.Propose, 0);
        ScheduleOperation(OperationKind.Read, 0);
        if (_plan.StaleReadInterval > 0)
        {
            ScheduleOperation(OperationKind.StaleRead, 0);
        }
    }

    private void ScheduleOperation(OperationKind kind, long number)
    {
        long interval = kind switch
        {
            OperationKind.Propose => _plan.ProposeInterval,
            OperationKind.Read => _plan.ReadInterval,
            OperationKind.StaleRead => _plan.StaleReadInterval,
            _ => _plan.ChangeInterval,
        };
        _scheduler.In(StreamOf(kind, number).Wait(interval), EventOf(kind, number));
    }

    private RandomStream StreamOf(OperationKind kind, long number)
    {
        RandomPurpose purpose = kind switch
        {
            OperationKind.Propose => RandomPurpose.Proposals,
            OperationKind.Read => RandomPurpose.Reads,
            OperationKind.StaleRead => RandomPurpose.StaleReads,
            _ => RandomPurpose.Changes,
        };
        return _streams.Open(purpose, 0, number);
    }

    private static SimulationEvent EventOf(OperationKind kind, long number)
    {
        EventKind what = kind switch
        {
            OperationKind.Propose => EventKind.Propose,
            OperationKind.Read => EventKind.Read,
            OperationKind.StaleRead => EventKind.StaleRead,
            _ => EventKind.Change,
        };
        return new SimulationEvent(what, 0, 0, number);
    }

    private void Operate(OperationKind kind, long number)
    {
        if (_healing)
        {
            return;
        }

        if (_script is null)
        {
            ScheduleOperation(kind, number + 1);
        }

        Operation operation = _script?.OperationOf(kind, number) ?? DrawOperation(kind, number);
        SimulatedNode node = Target(operation);
        if (_mutant.TrustsLeaseOverPause && kind == OperationKind.Read)
        {
            ReadInPause(node);
        }

        if (!node.IsUp || node.PausedUntil > _scheduler.Now)
        {
            return;
        }

        _recording?.Operations.Add(operation);
        if (kind == OperationKind.StaleRead)
        {
            ReadStale(node);
            return;
        }

        if (kind == OperationKind.Read)
        {
            RequestRead(node, byLease: number % 2 == 0);
        }

        if (operation.Changes is { } changes)
        {
            ChangeMembers(node, changes, operation.Conditional ? _nodes[operation.Node - 1] : null);
        }

        for (int left = operation.Commands; left > 0; left--)
        {
            if (_plan.Sessions && left % 2 == 1)
            {
                ProposeInSession(node, operation.Forward);
            }
            else
            {
                Propose(node, operation.Forward);
            }
        }

        AfterInput(node);
    }

    /// <summary>Half of the requests go to whoever takes itself for a leader.</summary>
    private Operation DrawOperation(OperationKind kind, long number)
    {
        RandomStream draw = StreamOf(kind, number);
        draw.Wait(1);
        int node = 1 + draw.Below(_nodes.Length);
        bool toLeader = draw.Below(2) == 0;
        bool proposes = kind == OperationKind.Propose;
        return new Operation
        {
            At = _scheduler.Now,
            Kind = kind,
            Number = number,
            Node = node,
            ToLeader = toLeader,
            Forward = proposes && draw.Below(2) == 0,
            Commands = proposes ? 1 + draw.Below(_plan.MaxBatch) : 0,
            Changes = kind == OperationKind.Change ? DrawChanges(draw) : null,
            Conditional = kind == OperationKind.Change && draw.Below(2) == 0,
        };
    }

    private SimulatedNode Target(Operation operation)
    {
        int start = operation.Node - 1;
        for (int i = 0; operation.ToLeader && i < _nodes.Length; i++)
        {
            if (_nodes[(start + i) % _nodes.Length] is { IsLeader: true } leader)
            {
                return leader;
            }
        }

        return _nodes[start];
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
                _invariants.OnRefused(_newestValue);
                break;
            default:
                Count(Occurrence.ProposalRefused);
                _invariants.OnRefused(_newestValue);
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

    /// <summary>For planted bugs: what a paused node will answer when it goes on.</summary>
    private void ReadInPause(SimulatedNode node)
    {
        if (node.PausedUntil > _scheduler.Now && node.IsUp && node.Core!.TryLeaseRead(out ulong index))
        {
            Confirm(node, new PendingRead(_readFloor.Now, node.Core.CommitIndex), index);
        }
    }

    /// <summary>Returns false when nobody is known to ask.</summary>
    private bool RequestRead(SimulatedNode node, bool byLease, TaskCompletionSource? caller = null)
    {
        RaftCore core = node.Core!;
        var read = new PendingRead(_readFloor.Now, core.CommitIndex, caller);
        if (_mutant.ServesReadsAtOnce && core.Role == Role.Leader)
        {
            _invariants.OnRead(node, read, core.CommitIndex);
            caller?.SetResult();
            return true;
        }

        TellTime(node);
        if (byLease && _mutant.TryLeaseRead(node, node.ClockAt(_scheduler.Now), out ulong index))
        {
            Count(Occurrence.ReadByLease);
            Raise(TriggerPoint.ReadByLease);
            Confirm(node, read, index);
            ServeReads(node);
            return true;
        }

        if (core.RequestRead() is > 0 and ulong context)
        {
            node.Reads.Add(context, read);
            Raise(TriggerPoint.ReadRequested);
            return true;
        }

        return false;
    }

    private void EndReads(SimulatedNode node, Ready ready)
    {
        for (int i = 0; i < ready.Reads.Count; i++)
        {
            ReadState confirmed = ready.Reads[i];
            Count(node.IsLeader ? Occurrence.ReadConfirmed : Occurrence.ReadAtFollower);
            node.Reads.Remove(confirmed.Context, out PendingRead read);
            Confirm(node, read, confirmed.Index);
        }

        for (int i = 0; i < ready.FailedReads.Count; i++)
        {
            Count(Occurrence.ReadAbandoned);
            node.Reads.Remove(ready.FailedReads[i], out PendingRead read);
            read.Caller?.SetException(new NotLeaderException(node.Core!.Leader));
        }
    }

    private void Confirm(SimulatedNode node, in PendingRead read, ulong confirmed)
    {
        ulong index = _mutant.ReadIndex(read, confirmed);
        _invariants.OnRead(node, read, index);
        node.ReadsToServe.Add((index, read));
    }

    /// <summary>A read sees what is applied, which may be more than it asked for; later reads must see it too.</summary>
    private void ServeReads(SimulatedNode node)
    {
        if (node.ReadsToServe.Count > 0)
        {
            ServeReads(node, node.StateMachine.AppliedIndex);
        }

        ServeStaleReads(node);
    }

    private void ServeReads(SimulatedNode node, ulong applied)
    {
        ulong limit = _mutant.ServeLimit(applied);
        bool served = false;
        foreach ((ulong index, PendingRead read) in node.ReadsToServe)
        {
            if (index <= limit)
            {
                _invariants.OnRead(node, read, applied);
                read.Caller?.SetResult();
                served = true;
            }
        }

        if (served)
        {
            node.ReadsToServe.RemoveAll(waiting => waiting.Index <= limit);
            _readFloor.Raise(_scheduler.Now, applied);
        }
    }

    /// <summary>A client is told that its command is done when the node that took it has applied the entry.</summary>
    private void AnswerProposals(SimulatedNode node)
    {
        ulong applied = _mutant.AnswerLimit(node);
        while (node.Proposals.TryPeek(out PendingProposal proposal) && proposal.Id.Index <= applied)
        {
            node.Proposals.Dequeue();
            bool isDone = node.Disk.Issued[proposal.Id.Index].Entry.Term == proposal.Id.Term;
            Answer(node, proposal, isDone);
            if (isDone)
            {
                Count(Occurrence.ProposalAcknowledged);
                _invariants.OnAcknowledged(node, proposal.Id);
                _readFloor.Raise(_scheduler.Now, proposal.Id.Index);
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
            Abandon(proposal);
            Count(Occurrence.ProposalUnknown);
            if (_mutant.CallsUnknownFailed)
            {
                _invariants.OnFailed(node, proposal.Id);
            }
        }
    }
}
