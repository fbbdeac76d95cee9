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

    private async Task RunAsync()
    {
        Task applying = RunApplyAsync();
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

    private async Task RunApplyAsync()
    {
        try
        {
            await _apply.RunAsync(_stop.Token).ConfigureAwait(false);
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
        var before = (_core.Term, _core.Role, _core.Leader);
        _core.OnPersisted(_mailbox.Persisted);
        ReleaseHeld();
        for (int i = 0; i < ticks; i++)
        {
            _core.Tick();
        }

        bool more = TakeInputs();
        NoticeChange(before);
        EndTransfers();
        BeginReadRound();
        while (_core.TakeReady(_ready))
        {
            CarryOut();
        }

        HandToApply();
        _reads.OnApplied(_apply.Applied);
        Publish(refreshPeers: ticks > 0);
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

    private void Take(in NodeInput input)
    {
        switch (input.Kind)
        {
            case NodeInput.InputKind.Message:
                OnContact(input.Message.From);
                _core.Step(input.Message);
                break;
            case NodeInput.InputKind.Proposal:
                Propose(input.Command, input.Proposer);
                break;
            case NodeInput.InputKind.Read:
                _reads.Add(input.Reader!);
                break;
            case NodeInput.InputKind.Transfer:
                Transfer(input.Peer, input.Transferrer!);
                break;
            default:
                _core.OnUnreachable(input.Peer);
                break;
        }
    }

    private void Propose(ReadOnlyMemory<byte> command, TaskCompletionSource<ProposalResult>? proposer)
    {
        ProposalStatus status = _core.Propose(command, forward: proposer is null, out LogId id);
        switch (status)
        {
            case ProposalStatus.Appended when proposer is not null:
                _proposals.Add(id, proposer);
                break;
            case ProposalStatus.NotLeader:
                proposer?.TrySetException(new NotLeaderException(_core.Leader));
                break;
            case ProposalStatus.TooLarge or ProposalStatus.UncommittedLimit or ProposalStatus.LeadershipTransfer:
                proposer?.TrySetException(new ProposalDroppedException(status));
                break;
            default:
                break;
        }
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

    /// <summary>All reads that arrived in one turn share one round of heartbeats.</summary>
    private void BeginReadRound()
    {
        if (!_reads.HasArrived)
        {
            return;
        }

        ulong context = _core.RequestRead();
        if (context == 0)
        {
            _reads.FailArrived(() => new NotLeaderException(_core.Leader));
        }
        else
        {
            _reads.OnRoundBegun(context);
        }
    }

    /// <summary>The write is on its way before the messages, and both travel at the same time: only promises wait for it.</summary>
    private void CarryOut()
    {
        if (_ready.Write is { } write)
        {
            _storage.Enqueue(write);
        }

        foreach (OutboundMessage outbound in _ready.Messages)
        {
            if (outbound.AfterWrite <= _mailbox.Persisted)
            {
                _transport.Send(outbound.Message);
            }
            else
            {
                _held.Enqueue(outbound);
            }
        }

        foreach (ReadState read in _ready.Reads)
        {
            _reads.OnConfirmed(read);
        }
    }

    private void ReleaseHeld()
    {
        while (_held.TryPeek(out OutboundMessage outbound) && outbound.AfterWrite <= _mailbox.Persisted)
        {
            _transport.Send(_held.Dequeue().Message);
        }
    }

    private void NoticeChange((ulong Term, Role Role, NodeId Leader) before)
    {
        if (before == (_core.Term, _core.Role, _core.Leader))
        {
            return;
        }

        LogRole(_core.Role, _core.Term, _core.Leader);
        if (before.Term == _core.Term && before.Role == _core.Role)
        {
            return;
        }

        _leaderSince = _core.Role == Role.Leader ? _time.GetTimestamp() : null;
        _contacts.Clear();

        // Leadership may have been won and lost again in between, so what waits is judged by its term and not by the role that is seen before.
        _proposals.AbandonAbove(
            _core.CommitIndex,
            _core.Role == Role.Leader ? _core.Term : 0,
            "The node lost leadership before the command was committed; it may or may not be carried out.");
        _reads.FailBegunRounds(() => new NotLeaderException(_core.Leader));
    }

    private void HandToApply()
    {
        while (_apply.Handed < _ready.ApplicableIndex)
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
        await applying.ConfigureAwait(false);
        while (_mailbox.TryTake(out NodeInput input))
        {
            input.Proposer?.TrySetException(new RaftStoppedException(_failure));
            input.Reader?.TrySetException(new RaftStoppedException(_failure));
            input.Transferrer?.TrySetException(new RaftStoppedException(_failure));
        }

        _proposals.AbandonAbove(0, 0, "The node stopped before it learned what became of the command.", _failure);
        _reads.FailAll(() => new RaftStoppedException(_failure));
        _transferrers.ForEach(transferrer => transferrer.TrySetException(new RaftStoppedException(_failure)));
        Publish(refreshPeers: false);
        if (_failure is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(new RaftStoppedException(_failure));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Role} in term {Term}, leader {Leader}")]
    private partial void LogRole(Role role, ulong term, NodeId leader);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The Raft node stops for good")]
    private partial void LogFailure(Exception error);
}
