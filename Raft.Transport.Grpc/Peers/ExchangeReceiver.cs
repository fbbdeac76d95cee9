using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Transport;
using Raft.Transport.Grpc.Codec;
using Raft.Transport.Grpc.Hosting;
using Raft.Transport.Grpc.Protos;
using Raft.Transport.Grpc.Security;
using Raft.Transport.Grpc.Wire;
using MessageType = Raft.Core.Consensus.MessageType;

namespace Raft.Transport.Grpc.Peers;

/// <summary>
/// Serves the method Exchange: makes sure who calls, and delivers what they send. Each peer has one call at a time and lane, the newest.
/// </summary>
internal sealed class ExchangeReceiver : IAsyncDisposable
{
    private readonly LocalNode _node;
    private readonly NodeIdentity _self;
    private readonly GrpcTransportOptions _options;
    private readonly RemovedMembers _removed;
    private readonly Action<NodeId, Uri?> _onContact;
    private readonly RefusalLog _refusals;
    private readonly ConcurrentDictionary<(NodeId Peer, Lane Lane), CancellationTokenSource> _calls = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopped;
    private ITransportListener? _listener;

    /// <summary>Creates a receiver that refuses calls until it is started.</summary>
    /// <param name="node">This node.</param>
    /// <param name="removed">Who may only ask for votes.</param>
    /// <param name="onContact">Told of a node that has called, and of the address that it names.</param>
    public ExchangeReceiver(LocalNode node, RemovedMembers removed, Action<NodeId, Uri?> onContact)
    {
        _node = node;
        _self = node.Identity;
        _options = node.Options;
        _removed = removed;
        _onContact = onContact;
        _refusals = new RefusalLog(node.Logger, node.Time);
        _stopped = _stop.Token;
    }

    /// <summary>Begins to accept calls.</summary>
    public void Start(ITransportListener listener) => Volatile.Write(ref _listener, listener);

    /// <summary>True while a call of that node is open.</summary>
    public bool IsCalledBy(NodeId peer) => _calls.ContainsKey((peer, Lane.Main)) || _calls.ContainsKey((peer, Lane.Snapshot));

    /// <summary>Ends all calls and accepts none any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Serves a call until it ends.</summary>
    public async Task ServeAsync(HttpContext context, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, _stopped);
        await GrpcServerCall.ServeAsync(context, _options.MaxFrameBytes, ExchangeAsync, _node.Logger, end.Token).ConfigureAwait(false);
    }

    private async Task ExchangeAsync(GrpcServerCall call, CancellationToken cancellationToken)
    {
        ITransportListener listener = Volatile.Read(ref _listener)
            ?? throw new GrpcException(GrpcStatusCode.Unavailable, $"Node {_self.NodeId} is starting.");
        try
        {
            NodeId peer = Authenticate(call);
            Lane lane = LaneOf(call);
            _onContact(peer, AddressOf(call));
            // Not disposed, which would be of no use without a timer: a newer call may cancel it at any time.
            var newer = new CancellationTokenSource();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, newer.Token);
            TakeThePlaceOfOlderCall((peer, lane), newer);
            try
            {
                await call.ReplyAsync(new ExchangeReply { Version = ExchangeHeaders.ProtocolVersion, NodeId = _self.NodeId.Value }, end.Token)
                    .ConfigureAwait(false);
                await ReceiveAsync(call.Requests, peer, listener, end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (newer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new GrpcException(GrpcStatusCode.Aborted, $"A newer call of node {peer} took the place of this one.");
            }
            finally
            {
                LeavePlace((peer, lane), newer);
            }
        }
        catch (GrpcException e) when (e.Status.Code is not (GrpcStatusCode.Unavailable or GrpcStatusCode.Aborted))
        {
            _refusals.Refused(Describe(call.HttpContext), e.Status.Message.TrimEnd('.'));
            throw;
        }
    }

    private async Task ReceiveAsync(GrpcFrameReader frames, NodeId peer, ITransportListener listener, CancellationToken cancellationToken)
    {
        while (await frames.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                Deliver(frames.Message.Span, peer, listener);
            }
            catch (WireFormatException e)
            {
                throw new GrpcException(new GrpcStatus(GrpcStatusCode.InvalidArgument, $"Node {peer} sent a malformed frame. {e.Message}"), e);
            }
        }
    }

    private void Deliver(ReadOnlySpan<byte> frame, NodeId peer, ITransportListener listener)
    {
        var messages = new FrameDecoder(frame, _options.MaxFrameBytes);
        while (messages.TryRead(out Message message))
        {
            if (message.From != peer || message.To != _self.NodeId)
            {
                throw new GrpcException(
                    GrpcStatusCode.PermissionDenied,
                    $"Node {peer} sent a message as if from node {message.From} to node {message.To}; this is node {_self.NodeId}.");
            }

            RequireMember(message);
            // False means that the node is full or has stopped: the message counts as lost, which Raft expects.
            listener.OnMessage(message);
        }
    }

    // A request for votes is answered with the news of the removal. Not that on behalf of a leader, which others may not ignore.
    private void RequireMember(in Message message)
    {
        bool asksForVotes = message is { Type: MessageType.PreVoteRequest or MessageType.VoteRequest, LeadershipTransfer: false };
        if (!asksForVotes && _removed.Contains(message.From))
        {
            throw new GrpcException(
                GrpcStatusCode.PermissionDenied,
                $"Node {message.From} was removed from cluster {_self.ClusterId}: stop it. A server that shall join again needs a new id.");
        }
    }

    private static string Describe(HttpContext context)
    {
        string from = $"A call from {context.Connection.RemoteIpAddress}";
        return context.GetRaftPeer() is { } peer ? $"{from}, which is node {peer.NodeId} by its certificate," : from;
    }

    private NodeId Authenticate(GrpcServerCall call)
    {
        RequireHeader(call, ExchangeHeaders.Version, ExchangeHeaders.ProtocolVersion.ToString(CultureInfo.InvariantCulture), "speaks protocol version");
        RequireHeader(call, ExchangeHeaders.Cluster, _self.ClusterId, "belongs to cluster");
        RequireHeader(call, ExchangeHeaders.To, _self.NodeId.ToString(), "is node");
        string text = call.RequireHeader(ExchangeHeaders.From);
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) || value == 0)
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, $"'{text}' is not a node id.");
        }

        var from = new NodeId(value);
        if (call.HttpContext.GetRaftPeer() is { } peer)
        {
            RequireSame(peer, from);
        }
        else if (!_options.AllowPlaintextOnLoopback || call.HttpContext.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address))
        {
            throw new GrpcException(GrpcStatusCode.Unauthenticated, "The connection carries no certificate of the cluster; use the node's TLS port.");
        }

        return from != _self.NodeId
            ? from
            : throw new GrpcException(GrpcStatusCode.PermissionDenied, $"This node is node {from} itself; each needs an id and a certificate of its own.");
    }

    private static Lane LaneOf(GrpcServerCall call)
        => call.FindHeader(ExchangeHeaders.LaneName) switch
        {
            null => Lane.Main,
            ExchangeHeaders.SnapshotLane => Lane.Snapshot,
            { } other => throw new GrpcException(GrpcStatusCode.InvalidArgument, $"There is no lane '{other}'."),
        };

    private Uri? AddressOf(GrpcServerCall call)
    {
        if (call.FindHeader(ExchangeHeaders.Address) is not { } text)
        {
            return null;
        }

        (Uri? address, string? problem) = _node.ReadAddress(text);
        return address ?? throw new GrpcException(GrpcStatusCode.InvalidArgument, $"The caller's address can't be used: {problem}.");
    }

    private static void RequireHeader(GrpcServerCall call, string header, string expected, string what)
    {
        string actual = call.RequireHeader(header);
        if (actual != expected)
        {
            throw new GrpcException(
                GrpcStatusCode.FailedPrecondition, $"This node {what} {expected}; the call is meant for {actual}.");
        }
    }

    private void RequireSame(NodeIdentity certified, NodeId claimed)
    {
        if (certified.ClusterId != _self.ClusterId || certified.NodeId != claimed)
        {
            throw new GrpcException(GrpcStatusCode.PermissionDenied, $"The certificate is that of {certified}, but the call says it comes from node {claimed}.");
        }
    }

    private void TakeThePlaceOfOlderCall((NodeId Peer, Lane Lane) place, CancellationTokenSource call)
    {
        CancellationTokenSource? older = null;
        _calls.AddOrUpdate(place, call, (_, existing) =>
        {
            older = existing;
            return call;
        });
        older?.Cancel();
    }

    private void LeavePlace((NodeId Peer, Lane Lane) place, CancellationTokenSource call) => _calls.TryRemove(new(place, call));
}
