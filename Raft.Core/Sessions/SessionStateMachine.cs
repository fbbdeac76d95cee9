using System.Buffers.Binary;
using System.Security.Cryptography;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace Raft.Core.Sessions;

/// <summary>
/// Puts client sessions (thesis, section 6.3) before a state machine, so that a command that a client sends again, because it does not know what became of it, is
/// carried out at most once and gets the first reply again. Every entry's payload is a <see cref="SessionCommand"/>, every reply a <see cref="SessionReply"/>.
/// What happens is decided by the log alone, so it is the same on every node. Used by the thread that applies commands.
/// </summary>
public class SessionStateMachine : IStateMachine
{
    private static readonly byte[] _done = SessionCodec.EncodeStatus(SessionStatus.Done);
    private static readonly byte[] _expired = SessionCodec.EncodeStatus(SessionStatus.SessionExpired);
    private static readonly byte[] _stale = SessionCodec.EncodeStatus(SessionStatus.StaleSequence);
    private static readonly byte[] _windowExceeded = SessionCodec.EncodeStatus(SessionStatus.WindowExceeded);
    private static readonly byte[] _malformed = SessionCodec.EncodeStatus(SessionStatus.Malformed);

    private readonly IStateMachine _inner;
    private SessionTable _table = new();

    private protected SessionStateMachine(IStateMachine inner) => _inner = inner;

    /// <summary>The limits in force.</summary>
    public SessionLimits Limits => _table.Limits;

    /// <summary>Number of sessions.</summary>
    public int SessionCount => _table.Count;

    /// <summary>Bytes of kept replies, each with 32 bytes for its bookkeeping.</summary>
    public long ReplyBytes => _table.ReplyBytes;

    /// <summary>The latest clock that a command carried, in milliseconds since 1970; never falls.</summary>
    public ulong LogTime => _table.LogTime;

    /// <summary>Sessions dropped since the process began, other than by their clients. Not part of the replicated state.</summary>
    public long Evictions => _table.Evictions;

    /// <summary>Commands answered with a kept reply since the process began. Not part of the replicated state.</summary>
    public long Suppressed { get; private set; }

    /// <summary>Puts sessions before a state machine. The result is an <see cref="ISnapshotStateMachine"/> when <paramref name="inner"/> is one.</summary>
    public static SessionStateMachine Over(IStateMachine inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return inner is ISnapshotStateMachine snapshots ? new SnapshotSessionStateMachine(snapshots) : new SessionStateMachine(inner);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        if (!SessionCodec.TryDecode(entry.Payload, out SessionCommand command))
        {
            return _malformed;
        }

        _table.Advance(command.Time);
        switch (command.Kind)
        {
            case SessionCommandKind.Plain:
                return Carry(entry, command);
            case SessionCommandKind.Open:
                _table.Open(entry.Index);
                return SessionCodec.EncodeOpened(entry.Index, Limits);
            case SessionCommandKind.Configure:
                _table.Configure(command.Limits!);
                return _done;
            default:
                return _table.Use(command.Session) is { } session ? ApplyIn(session, entry, command) : _expired;
        }
    }

    /// <summary>
    /// Hash of the sessions, log time and limits: equal on all nodes after the same entry. For tests and simulations; takes time and memory in proportion to what is kept.
    /// </summary>
    public ulong ComputeSessionHash()
    {
        using var content = new MemoryStream();
        CaptureTable().WriteTo(content, CancellationToken.None);
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
    }

    private protected SessionTableImage CaptureTable() => new(_table);

    private protected void Replace(SessionTable table) => _table = table;

    private byte[] ApplyIn(Session session, in Entry entry, in SessionCommand command)
    {
        switch (command.Kind)
        {
            case SessionCommandKind.Close:
                _table.Remove(session);
                return _done;
            case SessionCommandKind.KeepAlive:
                _table.Acknowledge(session, command.LowestUnanswered);
                return _done;
            default:
                _table.Acknowledge(session, command.LowestUnanswered);
                return ApplyOnce(session, entry, command);
        }
    }

    private byte[] ApplyOnce(Session session, in Entry entry, in SessionCommand command)
    {
        if (command.Sequence < session.LowestUnanswered)
        {
            return _stale;
        }

        if (session.Find(command.Sequence) is { } kept)
        {
            Suppressed++;
            return kept;
        }

        if (command.Sequence - session.LowestUnanswered >= (ulong)Limits.Window)
        {
            return _windowExceeded;
        }

        byte[] reply = Carry(entry, command);
        _table.Keep(session, new KeptReply(command.Sequence, reply));
        return reply;
    }

    private byte[] Carry(in Entry entry, in SessionCommand command)
        => SessionCodec.EncodeApplied(_inner.Apply(entry with { Payload = command.Payload }).Span);
}
