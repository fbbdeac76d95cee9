using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Tests.Transport;

/// <summary>Up to nine nodes with certificates of one authority, on loopback.</summary>
internal sealed class TransportCluster : IAsyncDisposable
{
    public const string Id = "test";

    private readonly List<IAsyncDisposable> _running = [];
    private readonly List<IDisposable> _credentials = [];

    public TransportCluster(int nodes)
    {
        for (ulong id = 1; id <= (ulong)nodes; id++)
        {
            EndPoints.Add(new NodeId(id), LoopbackPort.Reserve());
        }
    }

    public ClusterCertificateAuthority Authority { get; } = ClusterCertificateAuthority.Create(Id);

    public Dictionary<NodeId, IPEndPoint> EndPoints { get; } = [];

    public Dictionary<NodeId, Uri> Addresses => EndPoints.ToDictionary(static e => e.Key, static e => new Uri($"https://{e.Value}"));

    /// <summary>Times that suit tests: failures are noticed soon.</summary>
    public static GrpcTransportOptions FastOptions() => new() { MaxReconnectDelay = TimeSpan.FromMilliseconds(200) };

    public static NodeIdentity Identity(ulong node) => new(Id, new NodeId(node));

    public static Message Heartbeat(ulong from, ulong to, ulong term = 1)
        => new() { Type = MessageType.HeartbeatRequest, From = new NodeId(from), To = new NodeId(to), Term = term };

    public static Message Chunk(ulong from, ulong to, int bytes)
    {
        var configuration = new ClusterConfiguration([new NodeId(from), new NodeId(to)]);
        var snapshot = new SnapshotMetadata(new LogId(1, 1), configuration, ConfigurationIndex: 1, bytes, Checksum: 7);
        return new OutboundChunk(new NodeId(from), new NodeId(to), Term: 1, snapshot, Offset: 0, bytes).ToMessage(new byte[bytes]);
    }

    /// <summary>A configuration of voters that names the addresses of those nodes of this cluster that are among them.</summary>
    public ClusterConfiguration Configuration(params ulong[] voters)
    {
        NodeId[] ids = [.. voters.Select(static id => new NodeId(id))];
        return new ClusterConfiguration(ids, addresses: Addresses.Where(a => ids.Contains(a.Key)).Select(static a => KeyValuePair.Create(a.Key, a.Value.ToString())));
    }

    /// <summary>Credentials of a node, of this cluster's authority unless another one is given.</summary>
    public PeerAuthentication Credentials(ulong node, ClusterCertificateAuthority? authority = null)
    {
        NodeCertificate certificate = (authority ?? Authority).IssueNode(new NodeId(node), ["localhost"]);
        var credentials = new PeerAuthentication(certificate, [Clone((authority ?? Authority).Certificate)]);
        _credentials.Add(credentials);
        return credentials;
    }

    public async Task<TransportNode> StartAsync(
        ulong node,
        GrpcTransportOptions? options = null,
        Action<WebApplication>? map = null,
        IReadOnlyDictionary<NodeId, Uri>? peers = null,
        TimeProvider? time = null,
        bool startTransport = true)
    {
        TransportNode running = await TransportNode.StartAsync(
            Identity(node), EndPoints[new NodeId(node)], peers ?? Addresses, Credentials(node), options ?? FastOptions(), map, time, startTransport);
        _running.Add(running);
        return running;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable node in _running)
        {
            await node.DisposeAsync();
        }

        _credentials.ForEach(static c => c.Dispose());
        Authority.Dispose();
    }

    private static X509Certificate2 Clone(X509Certificate2 certificate)
        => X509CertificateLoader.LoadCertificate(certificate.RawData);
}
