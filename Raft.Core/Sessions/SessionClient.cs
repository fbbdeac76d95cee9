namespace Raft.Core.Sessions;

/// <summary>
/// The client's half of a session: numbers commands, encodes them, and reads the replies. Knows nothing of how they travel, so it works in a process without a
/// Raft node, over whatever protocol the application speaks. One object per session. All members are safe to call from any thread.
/// </summary>
/// <remarks>
/// For each command: <see cref="BeginAsync"/>; then send <see cref="Encode"/> to the leader, encoded anew for each attempt, until <see cref="TryComplete"/> takes
/// a reply or <see cref="Abandon"/> gives up.
/// </remarks>
public sealed class SessionClient : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly SortedSet<ulong> _unanswered = [];
    private readonly SemaphoreSlim _turn = new(1);
    private TaskCompletionSource? _room;
    private ulong _next = 1;
    private bool _expired;

    /// <summary>Takes up a session that was opened.</summary>
    /// <param name="opened">The reply to <see cref="EncodeOpen"/>.</param>
    /// <param name="time">Clock to stamp commands with; the system's by default.</param>
    /// <exception cref="FormatException">The reply is that of another state machine.</exception>
    /// <exception cref="InvalidOperationException">The cluster did not open a session.</exception>
    public SessionClient(ReadOnlyMemory<byte> opened, TimeProvider? time = null)
    {
        SessionReply reply = SessionCodec.DecodeReply(opened);
        if (reply.Status != SessionStatus.Opened)
        {
            throw new InvalidOperationException($"The cluster did not open a session: {reply.Status}.");
        }

        Id = reply.Session;
        Limits = reply.Limits!;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The session: the index of the entry that opened it.</summary>
    public ulong Id { get; }

    /// <summary>The limits in force when the session was opened.</summary>
    public SessionLimits Limits { get; }

    /// <summary>Whether the cluster has said that it does not know the session any more.</summary>
    public bool IsExpired
    {
        get
        {
            lock (_gate)
            {
                return _expired;
            }
        }
    }

    /// <summary>The command that opens a session. Safe to repeat: a session that nobody uses expires.</summary>
    public static byte[] EncodeOpen(TimeProvider? time = null) => SessionCodec.Encode(SessionCommand.Open((time ?? TimeProvider.System).GetUtcNow()));

    /// <summary>
    /// Numbers a command, in the order of the calls, once the window has room for it. Commands that are under way at the same time are carried out in the order
    /// in which they reach the log.
    /// </summary>
    /// <exception cref="SessionExpiredException">The session has expired.</exception>
    public async ValueTask<SessionRequest> BeginAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            SessionRequest? request;
            while ((request = TryBegin(payload, out Task room)) is null)
            {
                await room.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            return request;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Encodes one attempt of a command, with the clock and the acknowledgements of this moment.</summary>
    /// <exception cref="InvalidOperationException">The request is answered or abandoned.</exception>
    public byte[] Encode(SessionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ulong lowest;
        lock (_gate)
        {
            if (!_unanswered.Contains(request.Sequence))
            {
                throw new InvalidOperationException($"Request {request.Sequence} is answered or abandoned, and must not be sent again.");
            }

            lowest = _unanswered.Min;
        }

        return SessionCodec.Encode(SessionCommand.Propose(_time.GetUtcNow(), Id, request.Sequence, lowest, request.Payload));
    }

    /// <summary>Encodes the command that keeps the session from expiring. Any other command of the session does so too.</summary>
    public byte[] EncodeKeepAlive()
    {
        ulong lowest;
        lock (_gate)
        {
            lowest = LowestUnanswered;
        }

        return SessionCodec.Encode(SessionCommand.KeepAlive(_time.GetUtcNow(), Id, lowest));
    }

    /// <summary>Encodes the command that ends the session.</summary>
    public byte[] EncodeClose() => SessionCodec.Encode(SessionCommand.Close(_time.GetUtcNow(), Id));

    /// <summary>Reads the reply to an attempt. Returns false when the cluster had no room for the command: encode and send it again in a moment.</summary>
    /// <param name="request">The command.</param>
    /// <param name="bytes">The reply.</param>
    /// <param name="reply">The application's reply.</param>
    /// <exception cref="SessionExpiredException">The session has expired.</exception>
    /// <exception cref="InvalidOperationException">Somebody else uses the session, or the cluster is of an older version; the request is abandoned.</exception>
    /// <exception cref="FormatException">The bytes are no reply; the request stays unanswered.</exception>
    public bool TryComplete(SessionRequest request, ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> reply)
    {
        ArgumentNullException.ThrowIfNull(request);
        SessionReply decoded = SessionCodec.DecodeReply(bytes);
        reply = decoded.Payload;
        if (decoded.Status == SessionStatus.WindowExceeded)
        {
            return false;
        }

        Abandon(request);
        switch (decoded.Status)
        {
            case SessionStatus.Applied:
                return true;
            case SessionStatus.SessionExpired:
                Expire();
                throw new SessionExpiredException(Id, request.OutcomeUnknown);
            default:
                throw new InvalidOperationException($"The cluster refused command {request.Sequence} of session {Id}: {decoded.Status}.");
        }
    }

    /// <summary>Reads the reply to a keep-alive.</summary>
    /// <exception cref="SessionExpiredException">The session has expired.</exception>
    /// <exception cref="FormatException">The bytes are no reply.</exception>
    public void CompleteKeepAlive(ReadOnlyMemory<byte> bytes)
    {
        if (SessionCodec.DecodeReply(bytes).Status == SessionStatus.SessionExpired)
        {
            Expire();
            throw new SessionExpiredException(Id, outcomeUnknown: false);
        }
    }

    /// <summary>
    /// Gives a command up: it is not sent again, and makes room in the window. It may have been carried out; an attempt that is still under way is not carried
    /// out any more once a later command of the session has told the cluster.
    /// </summary>
    public void Abandon(SessionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            _unanswered.Remove(request.Sequence);
            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private ulong LowestUnanswered => _unanswered.Count > 0 ? _unanswered.Min : _next;

    private SessionRequest? TryBegin(ReadOnlyMemory<byte> payload, out Task room)
    {
        lock (_gate)
        {
            if (_expired)
            {
                throw new SessionExpiredException(Id, outcomeUnknown: false);
            }

            if (_next - LowestUnanswered >= (ulong)Limits.Window)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
                return null;
            }

            room = Task.CompletedTask;
            _unanswered.Add(_next);
            return new SessionRequest(_next++, payload);
        }
    }

    private void Expire()
    {
        lock (_gate)
        {
            _expired = true;
            _room?.TrySetResult();
            _room = null;
        }
    }
}
