using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace Raft.Jepsen.Simulation;

// What the driver of one node does: feeds its core and carries out what the core asks for.
internal sealed partial class SimulatedCluster
{
    private readonly List<Entry> _readBuffer = [];

    private void Start(SimulatedNode node)
    {
        if (node.IsUp || node.StaysDown || RefusesToStart(node))
        {
            return;
        }

        RecoveredState recovered = _mutant.Recover(node.Disk.Recover());
        node.Incarnation++;
        node.Core = new RaftCore(
            node.Id, ClusterConfiguration.Empty, _mutant.Configure(node.Options), recovered, node.Disk, node.CoreRandom.Next(), _protocolTrace,
            _mutant.Rules);
        TellTime(node);
        node.StateMachine = NewStateMachine(node);
        if (recovered.Snapshot is { } snapshot)
        {
            RestoreStateMachine(node, snapshot);
        }

        node.Ready = new Ready();
        node.SeenRole = Role.Follower;
        node.SeenTerm = node.Core.Term;
        node.SeenCommit = node.Core.CommitIndex;
        node.SeenTransfer = false;
        if (_trace is not null)
        {
            Note(node, $"starts in term {node.Core.Term}, log up to {node.Core.LastLogId}, commit {node.Core.CommitIndex}");
        }

        _invariants.OnRestarted(node, recovered);
        if (recovered.IsEmpty && _configuration.Contains(node.Id))
        {
            node.Core.Bootstrap(_configuration);
        }

        AfterInput(node);
    }

    private void Tick(SimulatedNode node)
    {
        _scheduler.In(_plan.TickLength * node.TickPerMille / 1000, new SimulationEvent(EventKind.Tick, node.Position, 0, 0));
        if (node.IsUp)
        {
            _mutant.Tick(node);
            AfterInput(node);
        }
    }

    private void Deliver(SimulatedNode node, in Message message)
    {
        if (!node.IsUp || message.Type == MessageType.None)
        {
            return;
        }

        CountDelivery(node, message);
        if (_trace is not null)
        {
            Note(node, $"gets  {Describe(message)}", message.From);
        }

        _invariants.OnDelivering(node, message);
        _mutant.Deliver(node, message);
        AfterInput(node);
    }

    /// <summary>
    /// Writes complete in order, and what waited for one leaves before the next completes: a promise that a later write ends was kept until
    /// then.
    /// </summary>
    private void Persisted(SimulatedNode node, ulong sequence)
    {
        if (sequence <= node.Disk.PersistedSequence)
        {
            return;
        }

        if (node.DiskFault is not null && TakeDiskFault(node) is { } failure)
        {
            node.Disk.Fail();
            if (!Ignores(failure))
            {
                Crash(node, failure);
                return;
            }
        }

        for (ulong next = node.Disk.PersistedSequence + 1; next <= sequence; next++)
        {
            node.Disk.Complete(next);
            SendWaiting(node, next);
        }

        node.Core!.OnPersisted(sequence);
        ReleaseWritten(node);
        if (_trace is not null)
        {
            Note(node, $"write {sequence} is durable");
        }

        AfterInput(node);
    }

    /// <summary>A leader's commit index is looked at after every input; all else when the core is drained.</summary>
    private void AfterInput(SimulatedNode node)
    {
        if (node.IsLeader && node.SeenRole == Role.Leader && node.Core!.Term == node.SeenTerm)
        {
            ObserveCommit(node);
        }

        if (node.DrainScheduled)
        {
            return;
        }

        if (!_healing && node.DriverRandom.Chance(_plan.LateDrain))
        {
            node.DrainScheduled = true;
            _scheduler.In(
                node.DriverRandom.Wait(_plan.LinkDelay), new SimulationEvent(EventKind.Drain, node.Position, node.Incarnation, 0));
            return;
        }

        Drain(node);
    }

    private void Drain(SimulatedNode node)
    {
        Ready ready = node.Ready;
        if (!node.Core!.TakeReady(ready))
        {
            Watch(node);
            FireTriggers(node);
            return;
        }

        Fault? crash = CrashInReady(node);
        if (CarryOut(node, ready, crash?.Amount ?? int.MaxValue))
        {
            HoldOrRelease(node, ready.Number);
            FireTriggers(node);
        }
        else
        {
            Count(Occurrence.CrashBetweenEffects);
            Strike(crash!);
        }
    }

    /// <summary>
    /// Carries out what the core asks for, as far as the number of effects allows. Returns false when they do not suffice.
    /// </summary>
    private bool CarryOut(SimulatedNode node, Ready ready, int effects)
    {
        if (ready.Write is { } write)
        {
            if (effects-- == 0)
            {
                return false;
            }

            Issue(node, write);
        }

        Watch(node);
        for (int i = 0; i < ready.Messages.Count; i++)
        {
            if (effects-- == 0)
            {
                return false;
            }

            SendOrWait(node, ready.Messages[i]);
        }

        if (effects == 0)
        {
            return false;
        }

        CarryChunks(node, ready);
        if (ready.Restore is { } snapshot)
        {
            Count(Occurrence.SnapshotInstalled);
            RestoreStateMachine(node, snapshot);
        }

        Apply(node, _mutant.ApplyLimit(node, ready.ApplicableIndex));
        EndReads(node, ready);
        ServeReads(node);
        SaveSnapshotIfDue(node);
        return true;
    }

    /// <summary>What a driver sees of a core also when there is nothing to carry out.</summary>
    private void Watch(SimulatedNode node)
    {
        AbandonCalls(node);
        ObserveRole(node);
        ObserveCommit(node);
        ObserveTransfer(node);
    }

    /// <summary>
    /// Where messages go through the encoding nobody but the writes under way, and the messages that wait for them, looks at what the core handed out: it is
    /// released then, and the core writes over it.
    /// </summary>
    private void HoldOrRelease(SimulatedNode node, ulong number)
    {
        if (_plan.Encoded)
        {
            node.HandedOut.Enqueue((number, _mutant.ReleasesAtOnce ? 0 : node.Disk.IssuedSequence));
            ReleaseWritten(node);
        }
    }

    private static void ReleaseWritten(SimulatedNode node)
    {
        while (node.HandedOut.TryPeek(out (ulong Number, ulong Write) oldest) && oldest.Write <= node.Disk.PersistedSequence)
        {
            node.HandedOut.Dequeue();
            node.Core!.Release(oldest.Number);
        }
    }

    private void Issue(SimulatedNode node, in StorageWrite write)
    {
        bool first = true;
        LogImage log = node.Disk.Issued;
        if (write.Base is { } newBase)
        {
            MoveBase(node, newBase);
        }

        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (ref readonly Entry entry in slice.Span)
            {
                if (first && entry.Index <= log.LastIndex)
                {
                    _invariants.OnTruncating(node, entry.Index);
                    log.TruncateFrom(entry.Index);
                    Count(Occurrence.EntriesTruncated);
                    Raise(TriggerPoint.LogTruncated);
                }

                first = false;
                LogSlot slot = log.Append(entry);
                _invariants.OnAppended(node, slot);
                if (entry.Type == EntryType.Configuration)
                {
                    Raise(TriggerPoint.ConfigurationAppended);
                }
            }
        }

        node.Disk.Issue(write);
        if (!first)
        {
            Raise(TriggerPoint.EntriesNotDurable);
        }

        if (_trace is not null)
        {
            Note(node, $"write {write.Sequence}: {write.HardState}, log up to {log.LastId}");
        }

        SimulatedDisk disk = node.Disk;
        disk.BusyUntil = Math.Max(disk.BusyUntil, _scheduler.Now + DiskTime(node));
        _scheduler.At(disk.BusyUntil, new SimulationEvent(EventKind.Persisted, node.Position, node.Incarnation, (long)write.Sequence));
        if (_mutant.ReportsAtIssue(node))
        {
            node.Core!.OnPersisted(write.Sequence);
        }
    }

    private void SendOrWait(SimulatedNode node, in OutboundMessage outbound)
    {
        if (outbound.AfterWrite <= node.Disk.PersistedSequence || _mutant.SendsAtOnce(outbound.Message))
        {
            Send(node, outbound);
            return;
        }

        Count(Occurrence.PromiseWaitedForDisk);
        node.Waiting.Add(outbound);
        if (outbound.Message is { Type: MessageType.VoteResponse, Reject: false })
        {
            Raise(TriggerPoint.VoteNotDurable);
        }
    }

    private void SendWaiting(SimulatedNode node, ulong persisted)
    {
        int sent = 0;
        while (sent < node.Waiting.Count && node.Waiting[sent].AfterWrite <= persisted)
        {
            Send(node, node.Waiting[sent++]);
        }

        node.Waiting.RemoveRange(0, sent);
    }

    private void Send(SimulatedNode node, in OutboundMessage outbound)
    {
        _invariants.OnReleasing(node, outbound);
        Message message = _mutant.Outgoing(node, outbound.Message);
        if (_trace is not null)
        {
            Note(node, $"sends {Describe(message)}");
        }

        _invariants.OnSending(node, message);
        _network.Send(message);
        if (_mutant.ReachesEverybody(message))
        {
            SendToOutsiders(node, message);
        }
    }

    /// <summary>For planted bugs: what went to a member goes to all other nodes too.</summary>
    private void SendToOutsiders(SimulatedNode node, in Message message)
    {
        foreach (SimulatedNode other in _nodes)
        {
            if (other != node && other.Id != message.To)
            {
                _network.Send(message with { To = other.Id });
            }
        }
    }

    private void Apply(SimulatedNode node, ulong upTo)
    {
        HashStateMachine machine = node.StateMachine;
        while (machine.AppliedIndex < upTo)
        {
            ReadOnlyMemory<Entry> entries = node.Core!.CachedEntries(machine.AppliedIndex + 1, upTo);
            if (entries.IsEmpty)
            {
                _readBuffer.Clear();
                node.Disk.Read(machine.AppliedIndex + 1, upTo, 1 << 16, _readBuffer);
                entries = _readBuffer.ToArray();
            }

            foreach (ref readonly Entry entry in entries.Span)
            {
                machine.Apply(entry);
                ApplyInSession(node, entry);
                _invariants.OnApplied(node);
                AnswerUsers(node, entry);
                if (_store is not null)
                {
                    // While the reply to this entry is at hand.
                    AnswerProposals(node);
                }
            }
        }

        AnswerProposals(node);
    }

    private void ObserveRole(SimulatedNode node)
    {
        RaftCore core = node.Core!;
        bool sameTerm = core.Term == node.SeenTerm;
        if (sameTerm && core.Role == node.SeenRole)
        {
            return;
        }

        if (_trace is not null)
        {
            Note(node, $"is {core.Role} in term {core.Term}");
        }

        if (node.SeenRole == Role.Leader)
        {
            Raise(TriggerPoint.SteppedDown);
            if (node.Disk.Issued.LastIndex > node.SeenCommit)
            {
                Count(Occurrence.LeaderDeposedWithUncommittedEntries);
            }
        }

        if (node.SeenRole == Role.Candidate && core.Role != Role.Leader)
        {
            Count(Occurrence.ElectionLost);
        }

        node.SeenRole = core.Role;
        node.SeenTerm = core.Term;
        if (core.Role == Role.Leader)
        {
            Count(Occurrence.LeaderElected);
            _invariants.OnLeader(node);
            Raise(TriggerPoint.BecameLeader);
        }
        else if (core.Role == Role.Candidate)
        {
            Raise(TriggerPoint.BecameCandidate);
        }
    }

    private void ObserveCommit(SimulatedNode node)
    {
        ulong before = node.SeenCommit;
        ulong after = _mutant.CommitIndex(node);
        if (after == before)
        {
            return;
        }

        if (node.IsLeader)
        {
            ExtendCommitted(node, after);
        }

        if (node.Core is { Role: Role.Leader, Configuration.IsJoint: true, IsConfigurationCommitted: true })
        {
            Raise(TriggerPoint.JointCommitted);
        }

        node.SeenCommit = after;
        _invariants.OnCommit(node, before, after);
        Raise(TriggerPoint.CommitAdvanced);
    }

    private void ObserveTransfer(SimulatedNode node)
    {
        bool hasTarget = !node.Core!.TransferTarget.IsNone;
        if (node.SeenTransfer && !hasTarget && node.IsLeader)
        {
            Count(Occurrence.TransferTimedOut);
        }

        node.SeenTransfer = hasTarget;
    }

    private void ExtendCommitted(SimulatedNode leader, ulong upTo)
    {
        LogImage log = leader.Disk.Issued;
        if (upTo > leader.Core!.StableIndex)
        {
            Count(Occurrence.CommitAheadOfOwnDisk);
        }

        while (_committed.LastIndex < Math.Min(upTo, log.LastIndex))
        {
            LogSlot slot = log[_committed.LastIndex + 1];
            if (slot.Entry.Term < leader.Core.Term)
            {
                Count(Occurrence.EarlierTermCommittedByLaterLeader);
            }

            _committed.Add(slot, leader.Core.Term);
        }
    }

    private void CountDelivery(SimulatedNode node, in Message message)
    {
        if (message.Term < node.Core!.Term && message.Term > 0)
        {
            Count(message.Term + 2 < node.Core.Term ? Occurrence.MessageOlderThanTwoTermsDelivered : Occurrence.MessageOfOldTermDelivered);
        }

        if (message is { Type: MessageType.VoteRequest, LeadershipTransfer: true })
        {
            Count(Occurrence.TransferCampaign);
        }

        if (message.Reject)
        {
            Count(message.Type switch
            {
                MessageType.VoteResponse => Occurrence.VoteRefused,
                MessageType.PreVoteResponse => Occurrence.PreVoteRefused,
                MessageType.SnapshotResponse => Occurrence.SnapshotChunkRefused,
                _ => Occurrence.AppendRefused,
            });
        }

        if (message.Type == MessageType.AppendRequest && message.Term >= node.Core.Term
            && message.LogIndex + (ulong)message.Entries.Length < node.Core.LastLogId.Index)
        {
            Count(Occurrence.FollowerLogLongerThanLeaders);
        }
    }

    private static string Describe(in Message m)
        => $"{m.From}->{m.To} {m.Type} term {m.Term}{(m.Reject ? " REFUSED hint " + m.RejectHint : "")}"
            + $" log {m.LogTerm}/{m.LogIndex} commit {m.Commit}"
            + $"{(m.Entries.IsEmpty ? "" : $" entries {m.Entries.Span[0].Id}..{m.Entries.Span[^1].Id}")}"
            + $"{(m.Chunk is { } chunk ? $" snapshot {chunk.Snapshot.Id} {chunk.Offset}+{chunk.Data.Length} of {chunk.Snapshot.Size}" : "")}"
            + $"{(m.ReadContext > 0 ? $" read {m.ReadContext}" : "")}";
}
