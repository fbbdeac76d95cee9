using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Codec;
using Raft.Transport.Grpc.Protos;
using Raft.Transport.Grpc.Security;
using Raft.Transport.Grpc.Wire;

namespace Raft.Transport.Grpc.Peers;

/// <summary>
/// Sends the messages of one lane to one peer, over a call that is opened when there is something to send, and again whenever it breaks. What can't be
/// sent is dropped and reported: Raft repeats what matters, and old messages would only be in the way of new ones.
/// </summary>
internal sealed class LaneSender : IAsyncDisposable
{
    // Frames are closed at about this size, so that a large backlog does not become one large message. A single message may be larger.
    private const int BatchBytes = 256 * 1024;

    // ExchangeReply has two numbers.
    private const int MaxReplyBytes = 1024;

    // A broken call's status may arrive a moment after the write that failed.
    private static readonly TimeSpan _statusGrace = TimeSpan.FromMilliseconds(500);

    private readonly LocalNode _self;
    private readonly NodeId _peer;
    private readonly Uri _address;
    private readonly Uri _method;
    private readonly Lane _lane;
    private readonly GrpcTransportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OutboundQueue _queue;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _stop = new();

    private Action<NodeId> _unreachable = static _ => { };
    private Task _loop = Task.CompletedTask;
    private TaskCompletionSource _contact = new();
    private bool _overflowing;
    private long _acceptedAt;
    private long _frames;
    private string? _refusal;
    private string? _reportedReason;

    public LaneSender(LocalNode self, NodeId peer, Uri address, Lane lane)
    {
        _self = self;
        _peer = peer;
        _address = address;
        _method = new Uri(address, $"{ExchangeHeaders.ServicePath}/{ExchangeHeaders.MethodName}");
        _lane = lane;
        _options = self.Options;
        _time = self.Time;
        _logger = self.Logger;
        _queue = new OutboundQueue(_options.MaxQueuedMessages, _options.MaxQueuedBytes);
        _backoff = new Backoff(_options.ReconnectDelay, _options.MaxReconnectDelay, Random.Shared);
    }

    /// <summary>Messages that wait.</summary>
    public int QueuedMessages => _queue.Count;

    /// <summary>Memory of the messages that wait, in bytes.</summary>
    public long QueuedBytes => _queue.Bytes;

    /// <summary>Frames written so far.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    private string What => _lane == Lane.Snapshot ? "snapshots" : "messages";

    /// <summary>Begins to send.</summary>
    /// <param name="unreachable">Called when messages were lost.</param>
    public void Start(Action<NodeId> unreachable)
    {
        _unreachable = unreachable;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Queues a message, or drops it.</summary>
    public void Send(in Message message)
    {
        if (message.EntriesSize > _options.MaxFrameBytes || MessageEncoder.SizeInFrame(message) > _options.MaxFrameBytes)
        {
            _logger.TooLarge(message.Type, _peer, _options.MaxFrameBytes);
            _unreachable(_peer);
        }
        else if (!_queue.TryAdd(message) && !Interlocked.Exchange(ref _overflowing, true))
        {
            // Once for all that are dropped until the queue was empty again.
            _logger.Overflow(_peer, What, _queue.Count, _queue.Bytes);
            _unreachable(_peer);
        }
    }

    /// <summary>The peer has called: it is alive, so a pause before the next attempt to reach it ends.</summary>
    public void OnContact() => Volatile.Read(ref _contact).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _queue.WaitAsync(_stop.Token).ConfigureAwait(false))
            {
                bool lasted = await TryExchangeAsync().ConfigureAwait(false);
                _stop.Token.ThrowIfCancellationRequested();
                _queue.Clear();
                Volatile.Write(ref _overflowing, false);
                _unreachable(_peer);
                if (lasted)
                {
                    _backoff.Reset();
                }

                await PauseAsync(_backoff.Next()).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed: the loop has done its work.
            _queue.Clear();
        }
#pragma warning disable CA1031 // The outermost frame of the loop: a defect must show in the log, and DisposeAsync must still work.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.SenderFailed(_peer, What, e);
            _unreachable(_peer);
        }
    }

    /// <summary>Exchanges once. A defect, here or below, must not be the end of sending: the peer would never hear of this node again.</summary>
    private async Task<bool> TryExchangeAsync()
    {
        try
        {
            return await ExchangeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, it is told in full, and another call may do better.
        catch (Exception e) when (!_stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _logger.CallFailed(_peer, What, e);
            return false;
        }
    }

    /// <summary>Opens a call and sends until it breaks.</summary>
    /// <returns>True when the call worked for a while, so that the next attempt need not be put off.</returns>
    private async Task<bool> ExchangeAsync()
    {
        _refusal = null;
        _acceptedAt = 0;
        // A connection for each call, so that it is made with the credentials of the day.
        using var invoker = new HttpMessageInvoker(CreateHandler(_self.Authentication));
        var call = GrpcClientCall.Start(invoker, _method, ExchangeHeaders.Create(_self.Identity, _peer, _lane, _self.Address), MaxReplyBytes, OnReply);
        await using (call.ConfigureAwait(false))
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            Task<string> pump = PumpAsync(call, end.Token);
            await Task.WhenAny(pump, call.Completion).ConfigureAwait(false);
            if (!_stop.IsCancellationRequested && !call.Completion.IsCompleted)
            {
                await Task.WhenAny(call.Completion, Task.Delay(_statusGrace, _time, _stop.Token)).ConfigureAwait(false);
            }

            await end.CancelAsync().ConfigureAwait(false);
            string writeFailure = await pump.ConfigureAwait(false);
            if (_stop.IsCancellationRequested)
            {
                return false;
            }

            string reason = _refusal
                ?? (call.Completion.IsCompleted ? (await call.Completion.ConfigureAwait(false)).ToString() : writeFailure);
            return Report(reason);
        }
    }

    /// <summary>Sends all that waits, again and again, until the call breaks.</summary>
    /// <returns>Why it ended.</returns>
    private async Task<string> PumpAsync(GrpcClientCall call, CancellationToken cancellationToken)
    {
        using var frame = new GrpcFrameWriter();
        try
        {
            await call.WaitForConnectionAsync(cancellationToken).ConfigureAwait(false);
            while (await _queue.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                FillFrame(frame);
                Interlocked.Increment(ref _frames);
                await call.WriteAsync(frame.Finish(), cancellationToken).ConfigureAwait(false);
            }

            return "there is nothing more to send";
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or HttpRequestException)
        {
            // The call ends with a status that says more.
            return e.GetBaseException().Message;
        }
    }

    private void FillFrame(GrpcFrameWriter frame)
    {
        frame.Clear();
        while (_queue.TryPeek(out Message next))
        {
            int size = MessageEncoder.SizeInFrame(next);
            if (frame.MessageBytes > 0 && frame.MessageBytes + size > BatchBytes)
            {
                return;
            }

            MessageEncoder.Append(next, frame);
            _queue.TryTake(out _);
        }

        Volatile.Write(ref _overflowing, false);
    }

    private void OnReply(ReadOnlyMemory<byte> bytes)
    {
        ExchangeReply reply;
        try
        {
            reply = ExchangeReply.Parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(new GrpcStatus(GrpcStatusCode.Internal, "The reply is malformed."), e);
        }

        if (reply.NodeId != _peer.Value)
        {
            throw new GrpcException(GrpcStatusCode.FailedPrecondition, $"Node {reply.NodeId} answers there; correct the address of node {_peer}.");
        }

        Volatile.Write(ref _acceptedAt, _time.GetTimestamp());
        _reportedReason = null;
        _logger.Connected(_peer, _address, What);
    }

    private bool Report(string reason)
    {
        long acceptedAt = Volatile.Read(ref _acceptedAt);
        if (acceptedAt != 0)
        {
            _logger.Lost(_peer, _address, What, reason);
            return _time.GetElapsedTime(acceptedAt) >= _options.MaxReconnectDelay;
        }

        if (reason == _reportedReason)
        {
            _logger.StillCannotReach(_peer, _address, What, reason);
        }
        else
        {
            _reportedReason = reason;
            _logger.CannotReach(_peer, _address, What, reason);
        }

        return false;
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        var contact = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _contact, contact);
        using var waited = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(contact.Task, Task.Delay(pause, _time, waited.Token)).ConfigureAwait(false);
        await waited.CancelAsync().ConfigureAwait(false);
        _stop.Token.ThrowIfCancellationRequested();
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The invoker disposes the handler.")]
    private SocketsHttpHandler CreateHandler(PeerAuthentication? authentication)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = _options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = _options.KeepAliveInterval,
            KeepAlivePingTimeout = _options.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (authentication is not null)
        {
            handler.SslOptions = authentication.CreateClientOptions(_peer, refusal => _refusal = $"the node was refused, because {refusal}");
        }

        return handler;
    }
}
