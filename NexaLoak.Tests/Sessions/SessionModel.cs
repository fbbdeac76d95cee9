using Raft.Core.Sessions;

namespace NexaLoak.Tests.Sessions;

/// <summary>What sessions promise, written down as simply as possible: lists, searched from end to end.</summary>
internal sealed class SessionModel
{
    private readonly List<ModelSession> _byLastUse = [];
    private SessionLimits _limits = new();
    private ulong _logTime;

    /// <summary>The commands that the application saw.</summary>
    public List<string> Commands { get; } = [];

    public SessionReply Apply(ulong index, SessionCommand command)
    {
        _logTime = Math.Max(_logTime, command.Time);
        _byLastUse.RemoveAll(session => _logTime - session.LastUsed > _limits.Timeout.TotalMilliseconds);
        SessionReply reply = Carry(index, command);
        while (_byLastUse.Count > _limits.MaxSessions || _byLastUse.Sum(session => session.Bytes) > _limits.MaxReplyBytes)
        {
            _byLastUse.RemoveAt(0);
        }

        return reply;
    }

    private SessionReply Carry(ulong index, SessionCommand command)
    {
        switch (command.Kind)
        {
            case SessionCommandKind.Plain:
                return SessionReplica.Applied(Tally(command));
            case SessionCommandKind.Open:
                _byLastUse.Add(new ModelSession(index) { LastUsed = _logTime });
                return new SessionReply { Status = SessionStatus.Opened, Session = index, Limits = _limits };
            case SessionCommandKind.Configure:
                _limits = command.Limits!;
                _byLastUse.RemoveAll(session => _logTime - session.LastUsed > _limits.Timeout.TotalMilliseconds);
                return new SessionReply { Status = SessionStatus.Done };
            default:
                return _byLastUse.Find(session => session.Id == command.Session) is { } session
                    ? CarryIn(session, command)
                    : new SessionReply { Status = SessionStatus.SessionExpired };
        }
    }

    private SessionReply CarryIn(ModelSession session, SessionCommand command)
    {
        _byLastUse.Remove(session);
        if (command.Kind == SessionCommandKind.Close)
        {
            return new SessionReply { Status = SessionStatus.Done };
        }

        _byLastUse.Add(session);
        session.LastUsed = _logTime;
        session.Lowest = Math.Max(session.Lowest, command.LowestUnanswered);
        if (command.Kind == SessionCommandKind.KeepAlive)
        {
            return new SessionReply { Status = SessionStatus.Done };
        }

        if (command.Sequence < session.Lowest)
        {
            return new SessionReply { Status = SessionStatus.StaleSequence };
        }

        if (session.Replies.TryGetValue(command.Sequence, out string? first))
        {
            return SessionReplica.Applied(first);
        }

        if (command.Sequence >= session.Lowest + (ulong)_limits.Window)
        {
            return new SessionReply { Status = SessionStatus.WindowExceeded };
        }

        string reply = session.Replies[command.Sequence] = Tally(command);
        return SessionReplica.Applied(reply);
    }

    private string Tally(SessionCommand command)
    {
        Commands.Add(System.Text.Encoding.UTF8.GetString(command.Payload.Span));
        return TallyMachine.ReplyTo(Commands[^1], Commands.Count);
    }

    private sealed class ModelSession(ulong id)
    {
        public ulong Id { get; } = id;

        public ulong LastUsed { get; set; }

        public ulong Lowest { get; set; } = 1;

        /// <summary>Every reply there ever was; those below <see cref="Lowest"/> do not count.</summary>
        public Dictionary<ulong, string> Replies { get; } = [];

        public long Bytes => Replies.Where(reply => reply.Key >= Lowest).Sum(reply => reply.Value.Length + 2 + 32);
    }
}
