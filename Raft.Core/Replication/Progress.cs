namespace Raft.Core.Replication;

/// <summary>
/// What a leader knows of one member's log. In <see cref="ProgressState.Probe"/> one message at a time looks for the last entry that matches; in
/// <see cref="ProgressState.Replicate"/> messages follow each other and <see cref="Next"/> runs ahead of the acknowledgements. In
/// <see cref="ProgressState.Snapshot"/> it gets no entries until a snapshot has arrived.
/// </summary>
internal sealed class Progress(ulong next, Inflights inflights)
{
    private bool _appendDue;
    private bool _probeSent;
    private bool _activeBefore;
    private int _window = int.MaxValue;

    /// <summary>Highest index known to be durable there and equal to ours.</summary>
    public ulong Match { get; private set; }

    /// <summary>Next entry to send; always above <see cref="Match"/>.</summary>
    public ulong Next { get; private set; } = next;

    public ProgressState State { get; private set; }

    /// <summary>Highest commit index that was sent.</summary>
    public ulong SentCommit { get; private set; }

    /// <summary>Newest read round that the member has confirmed (<see cref="Consensus.Message.ReadContext"/>).</summary>
    public ulong ReadContext { get; private set; }

    /// <summary>The member was heard of since check-quorum looked last.</summary>
    public bool RecentlyActive { get; set; }

    /// <summary>The member was heard of within the last two looks of check-quorum.</summary>
    public bool InSight => RecentlyActive || _activeBefore;

    /// <summary>The member gets no commands. It never becomes another kind of member, nor another kind a witness.</summary>
    public bool IsWitness { get; init; }

    public Inflights Inflights => inflights;

    /// <summary>The snapshot on its way; <c>null</c> outside of <see cref="ProgressState.Snapshot"/>.</summary>
    public SnapshotTransfer? Transfer { get; private set; }

    /// <summary>Highest index that the log must keep for this member: it goes on behind it.</summary>
    public ulong Needs => Transfer?.Snapshot.Id.Index ?? Match;

    /// <summary>True when a message with entries may go out now, as far as flow control is concerned.</summary>
    public bool CanSendEntries
        => State switch
        {
            ProgressState.Probe => !_probeSent,
            ProgressState.Replicate => !inflights.IsFull && inflights.Count < _window,
            _ => false,
        };

    /// <summary>True when an append message must go out although it may carry nothing: to find out what arrived, or to tell the commit index.</summary>
    public bool NeedsAppend(ulong commit)
        => State switch
        {
            ProgressState.Probe => !_probeSent,
            ProgressState.Replicate => _appendDue || SentCommit < Math.Min(commit, Next - 1),
            _ => false,
        };

    /// <summary>Whether the member was heard of since the last call.</summary>
    public bool TakeActivity()
    {
        _activeBefore = RecentlyActive;
        RecentlyActive = false;
        return _activeBefore;
    }

    /// <summary>An append message with <paramref name="count"/> entries behind <paramref name="previous"/> goes out.</summary>
    public void OnAppendSent(ulong previous, int count, long bytes, ulong commit)
    {
        ulong last = previous + (ulong)count;
        _appendDue = false;
        SentCommit = Math.Max(SentCommit, Math.Min(commit, last));
        if (State == ProgressState.Probe)
        {
            _probeSent = true;
        }
        else if (count > 0)
        {
            Next = last + 1;
            inflights.Add(last, bytes);
        }
    }

    /// <summary>
    /// Entries up to <paramref name="index"/> arrived. Returns true when that is news. A member that waits for a snapshot needs that one no more once it
    /// holds its last entry, or the entry <paramref name="logBase"/>, behind which the log goes on, wherever it got it from.
    /// </summary>
    public bool OnMatch(ulong index, ulong logBase)
    {
        bool news = index > Match;
        Match = Math.Max(Match, index);
        Next = Math.Max(Next, Match + 1);
        if (State == ProgressState.Probe || (State == ProgressState.Snapshot && Match >= Math.Min(logBase, Needs)))
        {
            Transfer = null;
            State = ProgressState.Replicate;
            Next = Match + 1;
            inflights.Clear();
        }
        else
        {
            inflights.FreeUpTo(index);
        }

        if (news && _window <= int.MaxValue / 2)
        {
            _window *= 2;
        }

        return news;
    }

    /// <summary>
    /// The member refused entries behind <paramref name="rejected"/>; <paramref name="retryFrom"/> may match. Returns false for a refusal of a message
    /// that has been overtaken. After a refusal in the middle of a stream the next messages go out one at a time, then two, then four: each of many
    /// messages that overtook each other is refused, and if each refusal sent them all again, the network would drown in them.
    /// </summary>
    public bool OnReject(ulong rejected, ulong retryFrom)
    {
        if (State == ProgressState.Snapshot)
        {
            return false;
        }

        if (State == ProgressState.Replicate)
        {
            if (rejected <= Match)
            {
                return false;
            }

            BecomeProbe();
            _window = 1;
        }
        else if (Next - 1 != rejected)
        {
            return false;
        }

        Next = Math.Max(Math.Min(rejected, retryFrom + 1), Match + 1);
        SentCommit = 0;
        _probeSent = false;
        return true;
    }

    /// <summary>Entries that the member needs are compacted away.</summary>
    public void BecomeSnapshot(SnapshotTransfer transfer)
    {
        State = ProgressState.Snapshot;
        Transfer = transfer;
        Next = transfer.Snapshot.Id.Index + 1;
        SentCommit = 0;
        inflights.Clear();
    }

    /// <summary>Messages were lost: find out anew what is there.</summary>
    public void BecomeProbe()
    {
        Transfer = null;
        State = ProgressState.Probe;
        Next = Match + 1;
        SentCommit = 0;
        _probeSent = false;
        inflights.Clear();
    }

    /// <summary>The member followed this leader after the read round had begun.</summary>
    public void ConfirmRead(ulong context) => ReadContext = Math.Max(ReadContext, context);

    /// <summary>A heartbeat was answered. What is unacknowledged by now may be lost: ask, even when the window is full.</summary>
    public void OnHeartbeatResponse(ulong lastIndex)
    {
        _probeSent = false;
        _appendDue = Match < lastIndex;
        Transfer?.Resume();
    }
}
