namespace Raft.Core.Sessions;

/// <summary>
/// The payload of an entry for a <see cref="SessionStateMachine"/>: a command of the application with what its session needs (thesis, section 6.3), or a
/// command to the sessions themselves. <see cref="SessionCodec"/> has the bytes.
/// </summary>
public readonly record struct SessionCommand
{
    /// <summary>What is asked for.</summary>
    public SessionCommandKind Kind { get; init; }

    /// <summary>Clock of the proposer, in milliseconds since 1970 (UTC); at most <see cref="MaxTime"/>.</summary>
    public ulong Time { get; init; }

    /// <summary>The session, by the index of the entry that opened it; 0 where the kind needs none.</summary>
    public ulong Session { get; init; }

    /// <summary>Number of the command in its session, at least 1; a retry has the first attempt's.</summary>
    public ulong Sequence { get; init; }

    /// <summary>
    /// Lowest sequence whose reply the client still waits for, from 1 to <see cref="Sequence"/>. It asks for nothing below any more, so those replies are dropped.
    /// </summary>
    public ulong LowestUnanswered { get; init; }

    /// <summary>The new limits (<see cref="SessionCommandKind.Configure"/>).</summary>
    public SessionLimits? Limits { get; init; }

    /// <summary>The application's command; shares memory with the bytes it was read from.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Highest <see cref="Time"/>: the end of the year 9999.</summary>
    public static ulong MaxTime => 253_402_300_799_999;

    /// <summary>A command of the application without a session.</summary>
    public static SessionCommand Plain(DateTimeOffset now, ReadOnlyMemory<byte> payload)
        => new() { Kind = SessionCommandKind.Plain, Time = Milliseconds(now), Payload = payload };

    /// <summary>Opens a session.</summary>
    public static SessionCommand Open(DateTimeOffset now) => new() { Kind = SessionCommandKind.Open, Time = Milliseconds(now) };

    /// <summary>A command of the application in a session. <see cref="SessionClient"/> counts the sequences.</summary>
    public static SessionCommand Propose(DateTimeOffset now, ulong session, ulong sequence, ulong lowestUnanswered, ReadOnlyMemory<byte> payload)
        => new()
        {
            Kind = SessionCommandKind.Propose,
            Time = Milliseconds(now),
            Session = session,
            Sequence = sequence,
            LowestUnanswered = lowestUnanswered,
            Payload = payload,
        };

    /// <summary>Keeps a session from expiring.</summary>
    public static SessionCommand KeepAlive(DateTimeOffset now, ulong session, ulong lowestUnanswered)
        => new() { Kind = SessionCommandKind.KeepAlive, Time = Milliseconds(now), Session = session, LowestUnanswered = lowestUnanswered };

    /// <summary>Ends a session.</summary>
    public static SessionCommand Close(DateTimeOffset now, ulong session)
        => new() { Kind = SessionCommandKind.Close, Time = Milliseconds(now), Session = session };

    /// <summary>Replaces the limits of the cluster.</summary>
    public static SessionCommand Configure(DateTimeOffset now, SessionLimits limits)
        => new() { Kind = SessionCommandKind.Configure, Time = Milliseconds(now), Limits = limits };

    internal static ulong Milliseconds(DateTimeOffset time) => (ulong)Math.Max(0, time.ToUnixTimeMilliseconds());
}
