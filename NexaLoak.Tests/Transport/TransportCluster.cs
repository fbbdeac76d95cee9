using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Raft.Core.Consensus;
using Raft.Core.Membership;
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

    /// <summary>Credentials of a node, of this cluster's authority unless another one is given.</summary>
    public PeerAuthentication Credentials(ulong node, ClusterCertificateAuthority? authority = null)
    {
        NodeCertificate certificate = (authority ?? Authority).IssueNode(new NodeId(node), ["localhost"]);
        var credentials = new PeerAuthentication(certificate, [Clone((authority ?? Authority).Certificate)]);
        _credentials.Add(credentials);
        return credentials;
    }

    public async Task<TransportNode> StartAsync(ulong node, GrpcTransportOptions? options = null, Action<WebApplication>? map = null)
    {
        TransportNode running = await TransportNode.StartAsync(
            Identity(node), EndPoints[new NodeId(node)], Addresses, Credentials(node), options ?? FastOptions(), map);
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
