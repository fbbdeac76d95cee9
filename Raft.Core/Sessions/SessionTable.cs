namespace Raft.Core.Sessions;

/// <summary>
/// The sessions of a cluster, log time and the limits in force. Depends on the log alone: time is what commands carry, the order of eviction is the
/// order of last use in the log, and the hash table is looked up but never enumerated. Used by one thread.
/// </summary>
internal sealed class SessionTable
{
    private readonly Dictionary<ulong, Session> _sessions = [];
    private Session? _oldest;
    private Session? _newest;

    /// <summary>The limits in force.</summary>
    public SessionLimits Limits { get; private set; } = new();

    /// <summary>The latest clock that a command carried, in milliseconds since 1970; never falls.</summary>
    public ulong LogTime { get; private set; }

    /// <summary>Number of sessions.</summary>
    public int Count => _sessions.Count;

    /// <summary>Bytes of kept replies, with their overhead.</summary>
    public long ReplyBytes { get; private set; }

    /// <summary>Sessions dropped since the process began, other than by their clients. Not part of the state.</summary>
    public long Evictions { get; private set; }

    /// <summary>The session that was not used for longest. <see cref="Session.Newer"/> leads on to the others.</summary>
    public Session? Oldest => _oldest;

    /// <summary>Takes notice of a command's clock, and drops the sessions that were not used for too long by then.</summary>
    public void Advance(ulong time)
    {
        LogTime = Math.Max(LogTime, time);
        ulong timeout = (ulong)Limits.Timeout.TotalMilliseconds;
        while (_oldest is { } session && LogTime - session.LastUsed > timeout)
        {
            Evict(session);
        }
    }

    /// <summary>Opens a session, for which the oldest makes room.</summary>
    public void Open(ulong id)
    {
        while (Count >= Limits.MaxSessions)
        {
            Evict(_oldest!);
        }

        Add(new Session(id) { LastUsed = LogTime });
    }

    /// <summary>Looks up a session for a command of its client, which makes it the newest. Returns <c>null</c> when there is none.</summary>
    public Session? Use(ulong id)
    {
        if (!_sessions.TryGetValue(id, out Session? session))
        {
            return null;
        }

        session.LastUsed = LogTime;
        Unlink(session);
        Link(session);
        return session;
    }

    /// <summary>Drops a session at its client's wish.</summary>
    public void Remove(Session session)
    {
        _sessions.Remove(session.Id);
        Unlink(session);
        ReplyBytes -= session.ReplyBytes;
    }

    /// <summary>Drops the replies that a client needs no more.</summary>
    public void Acknowledge(Session session, ulong lowestUnanswered) => ReplyBytes -= session.Acknowledge(lowestUnanswered);

    /// <summary>Keeps a reply for retries. Other sessions make room for it, and its own goes last, when the reply is larger than everything may be.</summary>
    public void Keep(Session session, KeptReply reply)
    {
        session.Keep(reply);
        ReplyBytes += reply.Size;
        EvictBeyondLimits();
    }

    /// <summary>Replaces the limits, which hold for what is kept already.</summary>
    public void Configure(SessionLimits limits)
    {
        Limits = limits;
        Advance(LogTime);
        EvictBeyondLimits();
    }

    /// <summary>Puts the limits and the time of a snapshot into an empty table.</summary>
    public void Reset(SessionLimits limits, ulong logTime)
    {
        Limits = limits;
        LogTime = logTime;
    }

    /// <summary>Puts in a session of a snapshot, as the newest.</summary>
    public void Add(Session session)
    {
        RaftInvariantException.Require(_sessions.TryAdd(session.Id, session), "an entry of the log opens one session");
        Link(session);
        ReplyBytes += session.ReplyBytes;
    }

    private void EvictBeyondLimits()
    {
        while (Count > Limits.MaxSessions || ReplyBytes > Limits.MaxReplyBytes)
        {
            Evict(_oldest!);
        }
    }

    private void Evict(Session session)
    {
        Remove(session);
        Evictions++;
    }

    private void Link(Session session)
    {
        session.Older = _newest;
        session.Newer = null;
        _oldest ??= session;
        if (_newest is not null)
        {
            _newest.Newer = session;
        }

        _newest = session;
    }

    private void Unlink(Session session)
    {
        if (session.Older is { } older)
        {
            older.Newer = session.Newer;
        }
        else
        {
            _oldest = session.Newer;
        }

        if (session.Newer is { } newer)
        {
            newer.Older = session.Older;
        }
        else
        {
            _newest = session.Older;
        }
    }
}
