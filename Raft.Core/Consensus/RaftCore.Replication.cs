using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Quorums;
using Raft.Core.Replication;

namespace Raft.Core.Consensus;

// Log replication: Raft paper, sections 5.3 and 5.4.2.
public sealed partial class RaftCore
{
    private int _heartbeatElapsed;
    private bool _heartbeatDue;
    private ulong _termStart;
    private long _uncommittedBytes;

    /// <summary>Bytes of proposals of this term that are in the leader's log and not committed (<see cref="RaftOptions.MaxUncommittedBytes"/>).</summary>
    public long UncommittedBytes => _uncommittedBytes;

    /// <summary>Appends a command to the leader's log, or passes it on to the leader when <paramref name="forward"/> allows.</summary>
    /// <param name="command">The command; not changed after the call.</param>
    /// <param name="forward">Send it to the leader when this node does not lead.</param>
    /// <param name="id">The entry's place, when the result is <see cref="ProposalStatus.Appended"/>.</param>
    public ProposalStatus Propose(ReadOnlyMemory<byte> command, bool forward, out LogId id)
    {
        id = default;
        if (command.Length > _options.MaxEntryBytes)
        {
            return ProposalStatus.TooLarge;
        }

        if (Role != Role.Leader)
        {
            return forward && !Leader.IsNone ? Forward(command) : ProposalStatus.NotLeader;
        }

        if (!TransferTarget.IsNone)
        {
            return ProposalStatus.LeadershipTransfer;
        }

        long size = command.Length + Entry.Overhead;
        if (_uncommittedBytes > 0 && _uncommittedBytes + size > _options.MaxUncommittedBytes)
        {
            return ProposalStatus.UncommittedLimit;
        }

        id = new LogId(Term, _log.LastIndex + 1);
        _uncommittedBytes += size;
        _log.Append(new Entry(id.Term, id.Index, EntryType.Command, command));
        TraceAppend(RaftTraceEvent.Replicate);
        return ProposalStatus.Appended;
    }

    /// <summary>Messages to a peer were lost. A leader finds out anew what has arrived there.</summary>
    public void OnUnreachable(NodeId peer)
    {
        if (!_progress.TryGetValue(peer, out Progress? progress))
        {
            return;
        }

        if (progress.State == ProgressState.Replicate)
        {
            progress.BecomeProbe();
        }

        progress.Transfer?.Pause();
    }

    private ProposalStatus Forward(ReadOnlyMemory<byte> command)
    {
        Entry[] entries = [new Entry(0, 0, EntryType.Command, command)];
        Send(new Message { Type = MessageType.ForwardedProposal, From = Id, To = Leader, Entries = entries });
        return ProposalStatus.Forwarded;
    }

    private void AppendForwarded(ReadOnlySpan<Entry> entries)
    {
        foreach (ref readonly Entry entry in entries)
        {
            if (entry.Type == EntryType.Command)
            {
                Propose(entry.Payload, forward: false, out _);
            }
        }
    }

    /// <summary>A leader opens its term with an empty entry: only with it can it commit, and learn, what earlier terms left (section 8).</summary>
    private void AppendNoOp()
    {
        _termStart = _log.LastIndex + 1;
        _log.Append(new Entry(Term, _termStart, EntryType.NoOp, default));
        TraceAppend(RaftTraceEvent.Replicate);
    }

    private void TickLeader()
    {
        if (_timer.Elapsed >= _options.ElectionTicks)
        {
            _timer.Restart();
            if (_options.CheckQuorum && !TakeQuorumActivity())
            {
                BecomeFollower(Term, NodeId.None);
                return;
            }
        }

        TickTransfer();
        TickTransfers();
        TickDepartures();
        if (++_heartbeatElapsed >= _options.HeartbeatTicks)
        {
            _heartbeatElapsed = 0;
            _heartbeatDue = true;
            BeginLeaseRound();
        }
    }

    private bool TakeQuorumActivity()
    {
        for (int i = 0; i < _progress.Count; i++)
        {
            _progress.GetValueAtIndex(i).TakeActivity();
        }

        VoteResult result = JointQuorum.Tally(
            Configuration,
            static (core, id) => id == core.Id || (core._progress.TryGetValue(id, out Progress? progress) && progress.InSight),
            this);
        return result == VoteResult.Won;
    }

    /// <summary>
    /// Everything that gathered since the last time goes out as few messages as the limits allow, beside the leader's own write of the same entries.
    /// </summary>
    private void ReplicateToAll()
    {
        bool heartbeat = _heartbeatDue;
        _heartbeatDue = false;
        for (int i = 0; i < _progress.Count; i++)
        {
            NodeId peer = _progress.GetKeyAtIndex(i);
            Progress progress = _progress.GetValueAtIndex(i);
            if (heartbeat)
            {
                SendHeartbeat(peer, progress);
            }

            if (progress.State == ProgressState.Snapshot || progress.Next <= _log.Base.Index)
            {
                FeedSnapshot(peer, progress);
                continue;
            }

            while (progress.CanSendEntries && progress.Next <= LastFor(progress))
            {
                SendAppend(peer, progress, withEntries: true);
            }

            if (progress.NeedsAppend(_log.CommitIndex))
            {
                SendAppend(peer, progress, withEntries: false);
            }
        }

        ReleaseDeparted();
        AskTransferTarget();
    }

    /// <summary>A heartbeat tells no commit index beyond what the member is known to hold: the rest of its log may still differ from ours.</summary>
    private void SendHeartbeat(NodeId peer, Progress progress)
        => Send(new Message
        {
            Type = MessageType.HeartbeatRequest,
            From = Id,
            To = peer,
            Term = Term,
            Commit = Math.Min(progress.Match, _log.CommitIndex),
            ReadContext = _newestRead,
        });

    private void SendAppend(NodeId peer, Progress progress, bool withEntries)
    {
        ulong previous = progress.Next - 1;
        long bytes = 0;
        ReadOnlyMemory<Entry> entries = withEntries ? _log.Slice(progress.Next, LastFor(progress), _options.MaxAppendBytes, out bytes) : default;
        if (progress.IsWitness)
        {
            entries = Withhold(entries.Span, out bytes);
        }

        ulong? previousTerm = _log.TermAt(previous);
        RaftInvariantException.Require(previousTerm is not null, "the leader holds every entry that a member may need");
        Send(new Message
        {
            Type = MessageType.AppendRequest,
            From = Id,
            To = peer,
            Term = Term,
            LogIndex = previous,
            LogTerm = previousTerm.Value,
            Commit = _log.CommitIndex,
            Entries = entries,
            ReadContext = _newestRead,
        });
        progress.OnAppendSent(previous, entries.Length, bytes, _log.CommitIndex);
    }

    /// <summary>Raft paper, Figure 2, AppendEntries, receiver. What lies at or below the commit index is known to match, and is passed over.</summary>
    private void AnswerAppend(in Message message)
    {
        ReadOnlySpan<Entry> entries = message.Entries.Span;
        var previous = new LogId(message.LogTerm, message.LogIndex);
        ulong verified = previous.Index + (ulong)entries.Length;
        if (verified <= _log.CommitIndex)
        {
            AcknowledgeAppend(message.From, _log.CommitIndex, message.ReadContext);
            return;
        }

        if (previous.Index < _log.CommitIndex)
        {
            int known = (int)(_log.CommitIndex - previous.Index);
            previous = entries[known - 1].Id;
            entries = entries[known..];
        }

        if (!_log.Matches(previous))
        {
            RejectAppend(message);
            return;
        }

        FollowConfigurations(entries[_log.Merge(entries)..]);
        CommitTo(Math.Min(message.Commit, verified));
        AcknowledgeAppend(message.From, verified, message.ReadContext);
    }

    private void AcknowledgeAppend(NodeId leader, ulong index, ulong readContext)
        => SendPromise(new Message
        {
            Type = MessageType.AppendResponse,
            From = Id,
            To = leader,
            Term = Term,
            LogIndex = index,
            ReadContext = readContext,
        });

    /// <summary>The refusal names the highest entry at which the logs may match, so that the leader skips a whole term at a time (section 5.3, last part).</summary>
    private void RejectAppend(in Message message)
    {
        LogId hint = _log.LastAtOrBelow(Math.Min(message.LogIndex, _log.LastIndex), message.LogTerm);
        SendPromise(new Message
        {
            Type = MessageType.AppendResponse,
            From = Id,
            To = message.From,
            Term = Term,
            LogIndex = message.LogIndex,
            Reject = true,
            RejectHint = hint.Index,
            LogTerm = hint.Term,
            ReadContext = message.ReadContext,
        });
    }

    /// <summary>A commit index beyond the own log means that entries are missing here: it is not followed.</summary>
    private void AnswerHeartbeat(in Message message)
    {
        if (message.Commit <= _log.LastIndex)
        {
            CommitTo(message.Commit);
        }

        SendTermPromise(new Message { Type = MessageType.HeartbeatResponse, From = Id, To = message.From, Term = Term, ReadContext = message.ReadContext });
    }

    private void HandleAppendResponse(in Message message)
    {
        if (!_progress.TryGetValue(message.From, out Progress? progress))
        {
            return;
        }

        progress.RecentlyActive = true;
        OnRoundConfirmed(progress, message.ReadContext);
        if (message.Reject)
        {
            bool isCompacted = message.RejectHint < _log.Base.Index;
            progress.OnReject(message.LogIndex, isCompacted ? message.RejectHint : _log.LastAtOrBelow(message.RejectHint, message.LogTerm).Index);
        }
        else if (message.LogIndex <= _log.LastIndex && progress.OnMatch(message.LogIndex, _log.Base.Index))
        {
            AdvanceCommit();
        }
    }

    private void HandleHeartbeatResponse(in Message message)
    {
        if (_progress.TryGetValue(message.From, out Progress? progress))
        {
            progress.RecentlyActive = true;
            progress.OnHeartbeatResponse(_log.LastIndex);
            OnRoundConfirmed(progress, message.ReadContext);
        }
    }

    /// <summary>
    /// Commits what a quorum holds durably, but only by an entry of the own term: one of an earlier term can still be replaced although a majority holds it
    /// (section 5.4.2, Figure 8).
    /// </summary>
    private void AdvanceCommit()
    {
        ulong held = JointQuorum.CommittedIndex(Configuration, static (core, id) => core.MatchOf(id), this);
        held = Configuration.Witnesses.Count > 0 ? Math.Min(held, HeldByFullVoters()) : held;
        if (held < _termStart || held <= _log.CommitIndex)
        {
            return;
        }

        ulong firstCounted = Math.Max(_log.CommitIndex, _termStart) + 1;
        CommitTo(held);
        _uncommittedBytes -= _log.CommandBytes(firstCounted, held);
        bool isTail = _uncommittedBytes >= 0 && (_uncommittedBytes == 0 || held < _log.LastIndex);
        RaftInvariantException.Require(isTail, "what counts as uncommitted are the commands behind the commit index");
        _trace?.OnEvent(this, RaftTraceEvent.Commit);
        StartReads();
        LeaveJoint();
    }

    private ulong MatchOf(NodeId id)
        => id == Id ? _log.StableIndex : _progress.TryGetValue(id, out Progress? progress) ? progress.Match : 0;
}
