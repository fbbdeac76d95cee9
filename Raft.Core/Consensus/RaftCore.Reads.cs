using Raft.Core.Membership;
using Raft.Core.Quorums;
using Raft.Core.Replication;

namespace Raft.Core.Consensus;

// Linearizable reads without a log entry: thesis, section 6.4 (ReadIndex), on any member: a follower or learner asks the leader for the index.
public sealed partial class RaftCore
{
    private const int MaxRoundsForOthers = 4096;

    private readonly Queue<ReadRound> _reads = new();
    private readonly Queue<ReadRound> _earlyReads = new();
    private readonly Queue<ReadRound> _answeredReads = new();
    private readonly SortedDictionary<NodeId, ulong> _askers = [];
    private readonly List<ReadState> _confirmedReads = [];
    private readonly List<ulong> _failedReads = [];
    private readonly ulong _askOffset;
    private ulong _newestRead;
    private bool _askDue;
    private int _askElapsed;
    private (long At, ulong Index)? _freshest;

    /// <summary>
    /// Begins a linearizable read on a leader, or on a follower or learner that knows one. Its number comes back in <see cref="Ready.Reads"/> once a
    /// majority has confirmed, by messages sent after this call, that the leader still leads; or in <see cref="Ready.FailedReads"/> as soon as this node's
    /// role, term or leader changes first.
    /// </summary>
    /// <returns>The read's number, never used twice by a core; 0 when no leader is known.</returns>
    public ulong RequestRead()
    {
        if (Leader.IsNone)
        {
            return 0;
        }

        var read = new ReadRound(++_newestRead, 0, Id, 0, _now);
        if (Role == Role.Leader)
        {
            BeginRound(read);
        }
        else
        {
            _reads.Enqueue(read);
            _askDue = true;
        }

        return read.Context;
    }

    /// <summary>
    /// Answers from what the last confirmed read or lease round told, without a message. A read of the state at <paramref name="index"/> misses nothing
    /// that was acknowledged <paramref name="maxAge"/> ago. When it returns false, <see cref="RequestRead"/> brings news. Needs <see cref="AdvanceTime"/>.
    /// </summary>
    /// <param name="maxAge">Greatest age, in microseconds.</param>
    /// <param name="index">What must be applied before the read.</param>
    public bool TryBoundedStaleRead(long maxAge, out ulong index)
    {
        index = _freshest?.Index ?? 0;
        return _now - _freshest?.At <= maxAge;
    }

    /// <summary>A new leader does not know what is committed before it has committed in its own term; reads wait for that.</summary>
    private void BeginRound(in ReadRound read)
    {
        if (_log.CommitIndex < _termStart)
        {
            _earlyReads.Enqueue(read);
            return;
        }

        _reads.Enqueue(read with { Index = _log.CommitIndex });
        _heartbeatDue = true;
        ReleaseReads();
    }

    private void StartReads()
    {
        while (_earlyReads.TryDequeue(out ReadRound read))
        {
            BeginRound(read);
        }
    }

    /// <summary>An answer to a message of this term: its sender followed this node after the round had begun.</summary>
    private void OnRoundConfirmed(Progress progress, ulong context)
    {
        progress.ConfirmRead(Math.Min(context, _newestRead));
        ReleaseReads();
    }

    /// <summary>A confirmation of a round confirms every earlier one: the message was sent after all of them began.</summary>
    private void ReleaseReads()
    {
        if (_reads.Count == 0)
        {
            return;
        }

        ulong confirmed = JointQuorum.CommittedIndex(
            Configuration,
            static (core, id) => id == core.Id ? core._newestRead : core._progress.TryGetValue(id, out Progress? progress) ? progress.ReadContext : 0,
            this);
        while (_reads.TryPeek(out ReadRound read) && read.Context <= confirmed)
        {
            _reads.Dequeue();
            RenewLease(read);
            ReleaseRead(read);
        }
    }

    private void ReleaseRead(in ReadRound read)
    {
        if (read.Begun is { } begun)
        {
            _freshest = (begun, read.Index);
        }

        if (read.Reader == Id)
        {
            _confirmedReads.Add(new ReadState(read.Context, read.Index));
        }
        else if (!read.Reader.IsNone)
        {
            _askers.Remove(read.Reader);
            Send(new Message
            {
                Type = MessageType.ReadIndexResponse,
                From = Id,
                To = read.Reader,
                Term = Term,
                LogIndex = read.Index,
                ReadContext = read.ReaderContext,
            });
        }
    }

    /// <summary>One request for all reads that gathered. It is repeated, in case it or its answer is lost.</summary>
    private void AskForReads()
    {
        if (!_askDue)
        {
            return;
        }

        _askDue = false;
        _askElapsed = 0;
        SendTermPromise(new Message { Type = MessageType.ReadIndexRequest, From = Id, To = Leader, Term = Term, ReadContext = _askOffset + _newestRead });
    }

    private void TickReads()
    {
        if (_reads.Count > 0 && ++_askElapsed >= _options.HeartbeatTicks)
        {
            _askDue = true;
        }
    }

    /// <summary>
    /// A leader confirms that it leads after the request arrived, by a round of its own. A repeated request waits for the round of the first. While too many
    /// rounds wait, further requests are passed over: their askers repeat them.
    /// </summary>
    private void AnswerReadIndexRequest(in Message message)
    {
        if (Role != Role.Leader)
        {
            SendTermPromise(new Message
            {
                Type = MessageType.ReadIndexResponse,
                From = Id,
                To = message.From,
                Term = Term,
                ReadContext = message.ReadContext,
                Reject = true,
            });
            return;
        }

        bool isFull = _reads.Count + _earlyReads.Count >= MaxRoundsForOthers;
        bool isRepeated = _askers.TryGetValue(message.From, out ulong pending) && pending == message.ReadContext;
        if (_progress.ContainsKey(message.From) && !isRepeated && !isFull)
        {
            _askers[message.From] = message.ReadContext;
            BeginRound(new ReadRound(++_newestRead, 0, message.From, message.ReadContext, _now));
        }
    }

    /// <summary>
    /// Covers every read that was asked before the request left. Numbers on the wire begin at a random place at each start, so an answer to a request of
    /// before a crash names none of today's.
    /// </summary>
    private void HandleReadIndexResponse(in Message message)
    {
        ulong context = message.ReadContext - _askOffset;
        if (Role != Role.Follower || message.From != Leader || context > _newestRead)
        {
            return;
        }

        while (_reads.TryPeek(out ReadRound read) && read.Context <= context)
        {
            _reads.Dequeue();
            if (message.Reject)
            {
                _failedReads.Add(read.Context);
            }
            else
            {
                _answeredReads.Enqueue(read with { Index = message.LogIndex });
            }
        }
    }

    /// <summary>Whoever was to confirm these reads does so no more. A read that is confirmed already stays good.</summary>
    private void FailReads()
    {
        _askDue = false;
        _askElapsed = 0;
        _askers.Clear();
        Fail(_reads);
        Fail(_earlyReads);
        Fail(_answeredReads);
    }

    private void Fail(Queue<ReadRound> reads)
    {
        while (reads.TryDequeue(out ReadRound read))
        {
            if (read.Reader == Id)
            {
                _failedReads.Add(read.Context);
            }
        }
    }

    /// <summary>A node that gets no entries any more shall not keep its readers waiting: until the index is committed here, too, its reads can still fail.</summary>
    private void ReleaseAnswered()
    {
        while (_answeredReads.TryPeek(out ReadRound read) && read.Index <= _log.CommitIndex)
        {
            ReleaseRead(_answeredReads.Dequeue());
        }
    }

    private void TakeReads(Ready ready)
    {
        ReleaseAnswered();
        ready.ReadList.AddRange(_confirmedReads);
        _confirmedReads.Clear();
        ready.FailedReadList.AddRange(_failedReads);
        _failedReads.Clear();
    }
}
