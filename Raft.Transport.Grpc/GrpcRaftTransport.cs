using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Transport;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc;

/// <summary>
/// Carries messages between nodes over gRPC: one long-lived stream from each node to each other, on HTTP/2 and mutual TLS, as <c>Protos/raft.proto</c>
/// describes it. Each peer has a bounded queue and a loop of its own, so that a slow or dead one is nobody else's trouble. It receives what
/// <see cref="Hosting.RaftEndpoints.MapRaft"/> routes to it.
/// </summary>
/// <remarks>A frame carries everything that waits for the peer; batches grow only under load. Thread-safe, but for <see cref="Send"/> as its contract says.</remarks>
public sealed class GrpcRaftTransport : IRaftTransport
{
    private readonly Dictionary<NodeId, PeerSender> _senders = [];
    private readonly ExchangeReceiver _receiver;
    private ITransportListener? _listener;
    private bool _disposed;

    /// <summary>Creates a transport that does nothing until <see cref="Start"/>.</summary>
    /// <param name="self">This node.</param>
    /// <param name="peers">Where the members are reached: <c>https://HOST:PORT</c>. The own address may be among them and is not used.</param>
    /// <param name="authentication">The node's certificate and the cluster's authority; remains the caller's. <c>null</c> for plain text on loopback.</param>
    /// <param name="options">Limits and times; <c>null</c> for the defaults.</param>
    /// <param name="logger">Told of peers that come and go, and of callers that are refused.</param>
    /// <param name="time">Measures pauses.</param>
    /// <exception cref="ValidationException">
    /// An option is out of its bounds, an address is malformed or would be reached without TLS, or the certificate is not this node's. The message names it.
    /// </exception>
    public GrpcRaftTransport(
        NodeIdentity self,
        IReadOnlyDictionary<NodeId, Uri> peers,
        PeerAuthentication? authentication,
        GrpcTransportOptions? options = null,
        ILogger<GrpcRaftTransport>? logger = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(peers);
        options ??= new GrpcTransportOptions();
        options.Validate();
        ILogger log = logger ?? NullLogger<GrpcRaftTransport>.Instance;
        time ??= TimeProvider.System;
        RequireOwnCertificate(self, authentication);

        foreach ((NodeId peer, Uri address) in peers.Where(p => p.Key != self.NodeId))
        {
            PeerAddress.Require(peer, address, authentication is not null, options.AllowPlaintextOnLoopback);
            _senders.Add(peer, new PeerSender(self, peer, address, authentication, options, time, log));
        }

        _receiver = new ExchangeReceiver(self, options, OnContact, log, time);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start(ITransportListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.CompareExchange(ref _listener, listener, null) is not null)
        {
            throw new InvalidOperationException("The transport was started before.");
        }

        foreach (PeerSender sender in _senders.Values)
        {
            sender.Start(listener.OnUnreachable);
        }

        _receiver.Start(listener);
    }

    /// <inheritdoc/>
    public void Send(in Message message)
    {
        if (_senders.TryGetValue(message.To, out PeerSender? sender))
        {
            sender.Send(message);
        }
        else
        {
            _listener?.OnUnreachable(message.To);
        }
    }

    /// <summary>Ends all calls and stops sending; what waits is dropped. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        await _receiver.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_senders.Values.Select(static sender => sender.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    /// <summary>Serves a call of the method Exchange until it ends.</summary>
    internal Task ServeAsync(HttpContext context, CancellationToken stopping) => _receiver.ServeAsync(context, stopping);

    /// <summary>What waits for a peer now.</summary>
    internal (int Messages, long Bytes) QueueOf(NodeId peer) => (_senders[peer].QueuedMessages, _senders[peer].QueuedBytes);

    private bool OnContact(NodeId peer)
    {
        if (!_senders.TryGetValue(peer, out PeerSender? sender))
        {
            return false;
        }

        sender.OnContact();
        return true;
    }

    private static void RequireOwnCertificate(NodeIdentity self, PeerAuthentication? authentication)
    {
        if (authentication is not null && authentication.Identity != self)
        {
            throw new ValidationException($"The certificate is that of {authentication.Identity}, but this node is {self}.");
        }
    }
}
