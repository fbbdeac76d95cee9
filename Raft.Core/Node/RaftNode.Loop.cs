using Microsoft.Extensions.Logging;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Node;

// The loop that alone touches the core.
public sealed partial class RaftNode
{
    private const int MaxInputsAtOnce = 4096;

    private readonly Ready _ready = new();
    private readonly Queue<OutboundMessage> _held = new();
    private readonly List<TaskCompletionSource> _transferrers = [];
    private bool _readsAreTimed;

    private async Task RunAsync()
    {
        Task applying = Task.WhenAll(
            GuardAsync(_apply.RunAsync), GuardAsync(_snapshotSender.RunAsync), GuardAsync(_snapshotReceiver.RunAsync));
        try
        {
            while (true)
            {
                await _mailbox.WaitAsync(_stop.Token).ConfigureAwait(false);
                while (RunOnce())
                {
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to stop, or stopped by a failure that is already recorded.
        }
        catch (Exception error)
        {
            Fail(error);
        }

        await FinishAsync(applying).ConfigureAwait(false);
    }

    /// <summary>Runs a loop beside the node's; when it fails the node stops.</summary>
    private async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await Task.Run(() => loop(_stop.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    /// <summary>Feeds the core with what waits, and does what it asks. Returns true when there may be more to do at once.</summary>
    private bool RunOnce()
    {
        int ticks = _mailbox.TakeTicks();
        ulong persisted = _mailbox.Persisted;
        NoteDurableWrites(persisted);
        _core.OnPersisted(persisted);
        ReleaseHeld();
        TellTime();
        for (int i = 0; i < ticks; i++)
        {
            _ticksSeen++;
            _core.Tick();
        }

        TakeNotices();
        bool more = TakeInputs();
        WatchStorage();
        NoticeChange();
        EndTransfers();
        ContinueChanges();
        BeginReadRound();
        while (_core.TakeReady(_ready))
        {
            CarryOut();
        }

        EndChanges();
        NoticeChange();
        Publish(refreshPeers: ticks > 0);
        HandToApply();
        _reads.OnApplied(_apply.Applied);
        return more && !_stop.IsCancellationRequested;
    }

    private bool TakeInputs()
    {
        for (int i = 0; i < MaxInputsAtOnce; i++)
        {
            if (!_mailbox.TryTake(out NodeInput input))
            {
                return false;
            }

            Take(input);
        }

        return true;
    }

    /// <summary>Leases depend on the time being read after whatever comes next was taken. Without leases, only reads of a bounded age need it.</summary>
    private void TellTime()
    {
        if (_options.Raft.LeaseReads || _readsAreTimed)
        {
            _core.AdvanceTime((long)_time.GetElapsedTime(0).TotalMicroseconds);
        }
    }

    private void Take(in NodeInput input)
    {
        TellTime();
        switch (input.Kind)
        {
            case NodeInput.InputKind.Message:
                _metrics.OnReceived(input.Message.Type);
                _core.Step(input.Message);
                OnContact(input.Message.From);
                break;
            case NodeInput.InputKind.Proposal:
                Propose(input.Command, input.Proposer);
                break;
            case NodeInput.InputKind.Read:
                _reads.Add(input.Reader!, input.Consistency);
                break;
            case NodeInput.InputKind.Transfer:
                Transfer(input.Peer, input.Transferrer!);
                break;
            case NodeInput.InputKind.Change:
                Change(input.MembershipCall!);
                break;
            default:
                NoticeUnreachable(input.Peer);
                _core.OnUnreachable(input.Peer);
                break;
        }
    }

    private void Propose(ReadOnlyMemory<byte> command, PooledCompletion<ProposalResult>? proposer)
    {
        ProposalStatus status = _core.Propose(command, forward: proposer is null, out LogId id);
        if (proposer is null)
        {
            return;
        }

        switch (status)
        {
            case ProposalStatus.Appended:
                _proposals.Add(id, proposer);
                break;
            case ProposalStatus.NotLeader:
                Refuse(proposer, ProposalOutcome.NotLeader, new NotLeaderException(_core.Leader));
                break;
            default:
                Refuse(proposer, ProposalOutcome.Dropped, new ProposalDroppedException(status));
                break;
        }
    }

    private void Refuse(PooledCompletion<ProposalResult> proposer, ProposalOutcome outcome, Exception reason)
    {
        long startedAt = proposer.StartedAt;
        _metrics.OnProposalEnded(proposer.TrySetException(reason) ? outcome : ProposalOutcome.Cancelled, startedAt);
    }

    private void Transfer(NodeId target, TaskCompletionSource transferrer)
    {
        switch (_core.TransferLeadership(target))
        {
            case TransferStatus.Started:
                _transferrers.Add(transferrer);
                break;
            case TransferStatus.NotLeader:
                transferrer.TrySetException(new NotLeaderException(_core.Leader));
                break;
            default:
                transferrer.TrySetException(new LeadershipTransferException(
                    target.IsNone ? "There is no other voter to lead." : $"Node {target} can't take over: it is this node, or does not vote."));
                break;
        }
    }

    private void EndTransfers()
    {
        if (_transferrers.Count == 0 || !_core.TransferTarget.IsNone)
        {
            return;
        }

        foreach (TaskCompletionSource transferrer in _transferrers)
        {
            if (_core.Role == Role.Leader)
            {
                transferrer.TrySetException(new LeadershipTransferException("Nobody took over within an election timeout; this node leads on."));
            }
            else
            {
                transferrer.TrySetResult();
            }
        }

        _transferrers.Clear();
    }

    /// <summary>All reads that arrived in one turn share one lease, round of heartbeats or request to the leader.</summary>
    private void BeginReadRound()
    {
        if (_reads.HasArrived && _core.Role != Role.Leader)
        {
            _reads.FailArrivedOnLeaderOnly(() => new NotLeaderException(_core.Leader));
        }

        if (!_reads.HasArrived)
        {
            return;
        }

        _readsAreTimed |= _reads.HasArrivedBounded;
        TellTime();
        if (_reads.HasArrivedBounded && _core.TryBoundedStaleRead((long)_options.MaxStaleness.TotalMicroseconds, out ulong known))
        {
            _reads.OnFresh(known);
        }

        if (!_reads.HasArrived)
        {
            return;
        }

        if (_core.TryLeaseRead(out ulong index))
        {
            _reads.OnLease(index);
        }
        else if (_core.RequestRead() is > 0 and ulong context)
        {
            _reads.OnRoundBegun(context);
        }
        else
        {
            _reads.FailArrived(() => new NotLeaderException(_core.Leader));
        }
    }

    /// <summary>The write is on its way before the messages, and both travel at the same time: only promises wait for it.</summary>
    private void CarryOut()
    {
        if (_ready.Write is { } write)
        {
            _writes.Enqueue(new WriteUnderWay(write.Sequence, _ticksSeen, _metrics.WriteStart()));
            _storage.Enqueue(write);
        }

        for (int i = 0; i < _ready.Messages.Count; i++)
        {
            OutboundMessage outbound = _ready.Messages[i];
            if (outbound.AfterWrite <= _mailbox.Persisted)
            {
                Send(outbound.Message);
            }
            else
            {
                _held.Enqueue(outbound);
            }
        }

        CarrySnapshots();
        for (int i = 0; i < _ready.Reads.Count; i++)
        {
            _reads.OnConfirmed(_ready.Reads[i]);
        }

        for (int i = 0; i < _ready.FailedReads.Count; i++)
        {
            _reads.OnFailed(_ready.FailedReads[i], () => new NotLeaderException(_core.Leader));
        }
    }

    private void Send(in Message message)
    {
        _metrics.OnSent(message.Type);
        _transport.Send(message);
    }

    private void ReleaseHeld()
    {
        while (_held.TryPeek(out OutboundMessage outbound) && outbound.AfterWrite <= _mailbox.Persisted)
        {
            Send(_held.Dequeue().Message);
        }
    }

    private void HandToApply()
    {
        while (HandRestore() && _apply.Handed < _ready.ApplicableIndex)
        {
            ReadOnlyMemory<Entry> entries = _core.CachedEntries(_apply.Handed + 1, _ready.ApplicableIndex);
            if (!(entries.IsEmpty ? _apply.TryHand(_ready.ApplicableIndex) : _apply.TryHand(entries)))
            {
                return;
            }
        }
    }

    /// <summary>Records what stopped the node, once, and ends the loops.</summary>
    private void Fail(Exception error)
    {
        if (Interlocked.CompareExchange(ref _failure, error, null) is null)
        {
            LogFailure(error);
        }

        _stop.Cancel();
    }

    private async Task FinishAsync(Task applying)
    {
        _ticker?.Dispose();
        _mailbox.Close();
        EndLeadership();
        await AwaitAsync(applying).ConfigureAwait(false);
        _changes.ForEach(call => call.Fail(new OutcomeUnknownException("The node stopped before the change was committed.", _failure)));
        while (_mailbox.TryTake(out NodeInput input))
        {
            Refuse(input);
        }

        _proposals.Abandon(after: 0, upTo: ulong.MaxValue, leadingTerm: 0, "The node stopped before it learned what became of the command.", _failure);
        _reads.FailAll(() => new RaftStoppedException(_failure));
        _transferrers.ForEach(transferrer => transferrer.TrySetException(new RaftStoppedException(_failure)));
        Publish(refreshPeers: false);
        EndObservation();
        if (_failure is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(new RaftStoppedException(_failure));
        }
    }

    /// <summary>Waits for the other loops, but not for ever: the state machine is not ours.</summary>
    private async Task AwaitAsync(Task applying)
    {
        try
        {
            await Task.WhenAll(applying, _snapshotSaver.WhenIdleAsync()).WaitAsync(_options.StopTimeout / 2, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogApplyLeft();
        }
    }

    private void Refuse(in NodeInput input)
    {
        if (input.Proposer is { } proposer)
        {
            Refuse(proposer, ProposalOutcome.Stopped, new RaftStoppedException(_failure));
        }

        input.Reader?.TrySetException(new RaftStoppedException(_failure));
        input.MembershipCall?.Fail(new RaftStoppedException(_failure));
        input.Transferrer?.TrySetException(new RaftStoppedException(_failure));
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The Raft node stops for good")]
    private partial void LogFailure(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state machine does not return from a command; the node stops without it")]
    private partial void LogApplyLeft();
}
