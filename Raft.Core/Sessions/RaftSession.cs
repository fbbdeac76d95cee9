using Raft.Core.Node;

namespace Raft.Core.Sessions;

/// <summary>
/// A client session on a node of this process: commands are repeated through changes of leadership and lost replies, and carried out at most once. The node's state
/// machine, on all nodes, must be a <see cref="SessionStateMachine"/>. All members are safe to call from any thread, and commands may be under way together.
/// </summary>
public sealed class RaftSession : IAsyncDisposable
{
    private readonly SessionClient _client;
    private readonly SessionSender _sender;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _keepAlive;
    private int _used;

    private RaftSession(SessionClient client, SessionSender sender)
    {
        _client = client;
        _sender = sender;
        TimeSpan third = client.Limits.Timeout / 3;
        TimeSpan interval = sender.Options.KeepAlive ?? (third < RaftSessionOptions.MaxKeepAlive ? third : RaftSessionOptions.MaxKeepAlive);
        _keepAlive = interval == Timeout.InfiniteTimeSpan ? Task.CompletedTask : KeepAliveAsync(interval);
    }

    /// <summary>The session: the index of the entry that opened it.</summary>
    public ulong Id => _client.Id;

    /// <summary>Whether the cluster has said that it does not know the session any more.</summary>
    public bool IsExpired => _client.IsExpired;

    /// <summary>Opens a session.</summary>
    /// <param name="raft">A node of this process.</param>
    /// <param name="options">How to reach the leader.</param>
    /// <param name="time">Stamps commands and times retries; the system's by default. Log time follows the fastest clock of all clients.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its bounds.</exception>
    /// <exception cref="NotLeaderException">No leader could be reached in time.</exception>
    /// <exception cref="ProposalDroppedException">The leader took no commands all the time.</exception>
    /// <exception cref="OutcomeUnknownException">The leader did not answer in time. A session that was opened nevertheless expires.</exception>
    /// <exception cref="RaftStoppedException">The node has stopped.</exception>
    /// <exception cref="FormatException">The state machine is no <see cref="SessionStateMachine"/>.</exception>
    public static async ValueTask<RaftSession> OpenAsync(
        IRaft raft, RaftSessionOptions? options = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var sender = new SessionSender(raft, options, time);
        SessionClient? client = null;
        await sender.SendAsync(
            () => SessionClient.EncodeOpen(sender.Time),
            reply => (client = new SessionClient(reply, sender.Time)) is not null,
            onUnknown: null,
            cancellationToken).ConfigureAwait(false);
        return new RaftSession(client!, sender);
    }

    /// <summary>Replaces the limits of the cluster, for all sessions. Safe to repeat.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    /// <exception cref="ArgumentException">A limit is out of its bounds.</exception>
    public static ValueTask ConfigureAsync(
        IRaft raft, SessionLimits limits, RaftSessionOptions? options = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var sender = new SessionSender(raft, options, time);
        return sender.SendAsync(
            () => SessionCodec.Encode(SessionCommand.Configure(sender.Time.GetUtcNow(), limits)), TakeDone, onUnknown: null, cancellationToken);
    }

    /// <summary>
    /// Has a command carried out at most once and returns the state machine's reply, after as many attempts as it takes. Waits while the session's window is full.
    /// The caller does not change the bytes before the call ends. Cancellation ends the attempts, and the outcome is then unknown.
    /// </summary>
    /// <exception cref="SessionExpiredException">The session has expired; tells whether the command may have been carried out.</exception>
    /// <exception cref="NotLeaderException">No leader could be reached in time; the command was certainly not carried out.</exception>
    /// <exception cref="ProposalDroppedException">The command is too large, or no node had room for it; it was certainly not carried out.</exception>
    /// <exception cref="OutcomeUnknownException">An attempt may have carried it out, and no later one got an answer in time.</exception>
    /// <exception cref="RaftStoppedException">The node has stopped; the command was certainly not carried out.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken = default)
    {
        SessionRequest request = await _client.BeginAsync(command, cancellationToken).ConfigureAwait(false);
        try
        {
            ReadOnlyMemory<byte> answer = default;
            await _sender.SendAsync(
                () => _client.Encode(request),
                bytes => _client.TryComplete(request, bytes, out answer),
                () => request.OutcomeUnknown = true,
                cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _used, 1);
            return answer;
        }
        finally
        {
            _client.Abandon(request);
        }
    }

    /// <summary>Ends the session, so that the cluster forgets it at once. Commands that are under way may be refused. Safe to repeat.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public async ValueTask CloseAsync(CancellationToken cancellationToken = default)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sender.SendAsync(_client.EncodeClose, TakeClosed, onUnknown: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the keep-alive. A session that was not closed then expires. Call it once no command is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _keepAlive.ConfigureAwait(false);
        _client.Dispose();
    }

    private static bool TakeDone(ReadOnlyMemory<byte> bytes)
    {
        SessionStatus status = SessionCodec.DecodeReply(bytes).Status;
        return status == SessionStatus.Done ? true : throw new InvalidOperationException($"The cluster refused a session command: {status}.");
    }

    /// <summary>A session that is gone is closed, whoever did it.</summary>
    private static bool TakeClosed(ReadOnlyMemory<byte> bytes)
        => SessionCodec.DecodeReply(bytes).Status == SessionStatus.SessionExpired || TakeDone(bytes);

    private bool TakeKeptAlive(ReadOnlyMemory<byte> bytes)
    {
        _client.CompleteKeepAlive(bytes);
        return true;
    }

    private async Task KeepAliveAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, _sender.Time);
        try
        {
            while (!IsExpired && await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                if (Interlocked.Exchange(ref _used, 0) == 0)
                {
                    await TryKeepAliveAsync().ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The session was closed or disposed of.
        }
    }

    private async Task TryKeepAliveAsync()
    {
        try
        {
            await _sender.SendAsync(_client.EncodeKeepAlive, TakeKeptAlive, onUnknown: null, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whatever it is, the next command of the caller meets it too, and until then it may have passed.
        }
    }
}
