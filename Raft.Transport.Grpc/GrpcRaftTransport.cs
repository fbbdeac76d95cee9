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
/// Carries messages between nodes over gRPC: long-lived streams from each node to each other, on HTTP/2 and mutual TLS, as <c>Protos/raft.proto</c>
/// describes it. Each peer has bounded queues and loops of its own, so that a slow or dead one is nobody else's trouble; and pieces of snapshots have a
/// queue and a connection beside those of all other messages, so that they delay no heartbeat. It receives what <see cref="Hosting.RaftEndpoints.MapRaft"/>
/// routes to it.
/// </summary>
/// <remarks>A frame carries everything that waits for the peer; batches grow only under load. Thread-safe, but for <see cref="Send"/> as its contract says.</remarks>
public sealed class GrpcRaftTransport : IRaftTransport
{
    // A sender that is not used for one to two of these, and belongs to no member, is given up.
    private static readonly TimeSpan _idleCheck = TimeSpan.FromMinutes(1);

    private readonly PeerDirectory _peers;
    private readonly RemovedMembers _removed;
    private readonly ExchangeReceiver _receiver;
    private readonly TimeProvider _time;
    private ITransportListener? _listener;
    private ITimer? _idleTimer;
    private bool _disposed;

    /// <summary>Creates a transport that does nothing until <see cref="Start"/>.</summary>
    /// <param name="self">This node.</param>
    /// <param name="peers">
    /// Where nodes are reached, <c>https://HOST:PORT</c>, as long as no configuration says otherwise; see <see cref="UpdateMembers"/>. This node tells its
    /// own address to those that it calls.
    /// </param>
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
        RequireOwnCertificate(self, authentication);
        _time = time ?? TimeProvider.System;
        var node = new LocalNode(self, authentication, options, logger ?? NullLogger<GrpcRaftTransport>.Instance, _time);
        _peers = new PeerDirectory(node, peers);
        _removed = new RemovedMembers(_time);
        _receiver = new ExchangeReceiver(node, _removed, _peers.OnContact);
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

        _peers.Start(listener.OnUnreachable);
        _receiver.Start(listener);
        _idleTimer = _time.CreateTimer(_ => _peers.GiveUpIdle(_receiver.IsCalledBy), state: null, _idleCheck, _idleCheck);
    }

    /// <inheritdoc/>
    public void Send(in Message message)
    {
        if (_peers.Find(message.To) is { } sender)
        {
            sender.Send(message);
        }
        else
        {
            _listener?.OnUnreachable(message.To);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// An address has the form <c>https://HOST:PORT</c>. One that can't be used is logged once and counts as none. A member without an address is reached where
    /// the constructor was told, or where the member itself said when it called. The connections to a node that is no member any more are closed after a
    /// minute or two in which nothing was sent to it and it had no call open.
    /// </remarks>
    public void UpdateMembers(ClusterConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _removed.See(configuration);
        _peers.UpdateMembers(configuration);
    }

    /// <inheritdoc/>
    /// <remarks>From a minute later on, calls of a removed node end with PERMISSION_DENIED when they bring anything but requests for votes.</remarks>
    public void SettleMembers(ClusterConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _removed.Settle(configuration);
    }

    /// <summary>Ends all calls and stops sending; what waits is dropped. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        if (_idleTimer is not null)
        {
            await _idleTimer.DisposeAsync().ConfigureAwait(false);
        }

        await _receiver.DisposeAsync().ConfigureAwait(false);
        await _peers.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Serves a call of the method Exchange until it ends.</summary>
    internal Task ServeAsync(HttpContext context, CancellationToken stopping) => _receiver.ServeAsync(context, stopping);

    /// <summary>What waits in a lane for a peer now.</summary>
    internal (int Messages, long Bytes) QueueOf(NodeId peer, Lane lane = Lane.Main)
        => _peers.Find(peer)?[lane] is { } sender ? (sender.QueuedMessages, sender.QueuedBytes) : default;

    /// <summary>Frames that were written to a peer in a lane.</summary>
    internal long FramesTo(NodeId peer, Lane lane = Lane.Main) => _peers.Find(peer)?[lane].Frames ?? 0;

    /// <summary>Where messages to a node go; <c>null</c> when they go nowhere.</summary>
    internal Uri? AddressOf(NodeId peer) => _peers.Find(peer)?.Address;

    private static void RequireOwnCertificate(NodeIdentity self, PeerAuthentication? authentication)
    {
        if (authentication is not null && authentication.Identity != self)
        {
            throw new ValidationException($"The certificate is that of {authentication.Identity}, but this node is {self}.");
        }
    }
}
