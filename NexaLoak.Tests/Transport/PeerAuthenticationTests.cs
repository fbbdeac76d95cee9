using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Hosting;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Security;
using Raft.Transport.Grpc.Wire;

namespace NexaLoak.Tests.Transport;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class PeerAuthenticationTests
{
    [Test]
    public async Task A_caller_without_a_certificate_is_refused()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);

        Assert.That(await CanCall(cluster.EndPoints[new NodeId(2)], new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Anyone }), Is.False);
        await ExpectRefusal(two, "it showed no certificate");
    }

    [Test]
    public async Task A_caller_of_another_cluster_is_refused()
    {
        await using var cluster = new TransportCluster(2);
        using var other = ClusterCertificateAuthority.Create("other");
        TransportNode two = await cluster.StartAsync(2);

        Assert.That(await CanCall(cluster.EndPoints[new NodeId(2)], AsNode(other, 1)), Is.False);
        await ExpectRefusal(two, "not issued by the authority of cluster 'test'");
    }

    [Test]
    public async Task A_caller_of_another_authority_with_the_same_name_is_refused()
    {
        await using var cluster = new TransportCluster(2);
        using var impostor = ClusterCertificateAuthority.Create(TransportCluster.Id);
        TransportNode two = await cluster.StartAsync(2);

        Assert.That(await CanCall(cluster.EndPoints[new NodeId(2)], AsNode(impostor, 1)), Is.False);
        await ExpectRefusal(two, "not issued by the authority of cluster 'test'");
    }

    [Test]
    public async Task A_caller_with_an_expired_certificate_is_refused()
    {
        // Issued three years ago for two, by an authority that is valid for ten.
        using var authority = ClusterCertificateAuthority.Create(TransportCluster.Id, time: new FixedTime(DateTimeOffset.UtcNow.AddYears(-3)));
        using var folder = new TemporaryFolder();
        authority.Save(folder.File("ca.crt"), folder.File("ca.key"));
        using var today = ClusterCertificateAuthority.Load(folder.File("ca.crt"), folder.File("ca.key"));
        await using var cluster = new TransportCluster(2);
        await using TransportNode two = await TransportNode.StartAsync(
            TransportCluster.Identity(2), cluster.EndPoints[new NodeId(2)], cluster.Addresses, cluster.Credentials(2, today));

        Assert.That(await CanCall(cluster.EndPoints[new NodeId(2)], AsNode(authority, 1)), Is.False);
        await ExpectRefusal(two, "which is not now");
        Assert.That(await CanCall(cluster.EndPoints[new NodeId(2)], AsNode(today, 1)), "with a new one of the same authority it is let in");
    }

    [Test]
    public async Task A_caller_in_plain_text_is_refused()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);
        using var client = new TcpClient();
        await client.ConnectAsync(cluster.EndPoints[new NodeId(2)]);

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));

        Assert.That(await IsClosed(client.GetStream()));
        await ExpectRefusal(two, "does not speak TLS");
    }

    [Test]
    public async Task Older_versions_of_tls_are_not_spoken()
    {
        await using var cluster = new TransportCluster(2);
        await cluster.StartAsync(2);
        SslClientAuthenticationOptions options = AsNode(cluster.Authority, 1);
#pragma warning disable CA5398 // The point of the test.
        options.EnabledSslProtocols = SslProtocols.Tls12;
#pragma warning restore CA5398

        Assert.That(await CanCall(cluster.EndPoints[new NodeId(2)], options), Is.False);
    }

    [Test]
    public async Task A_node_that_calls_itself_another_is_refused()
    {
        await using var cluster = new TransportCluster(3);
        TransportNode two = await cluster.StartAsync(2);

        GrpcStatus status = await Call(cluster, certified: 1, ExchangeHeaders.Create(TransportCluster.Identity(3), new NodeId(2)));

        Assert.That(status.Code, Is.EqualTo(GrpcStatusCode.PermissionDenied));
        await ExpectRefusal(two, "The certificate is that of nexaloak://test/1, but the call says it comes from node 3");
    }

    [TestCase(3ul, 2ul)]
    [TestCase(1ul, 3ul)]
    public async Task A_message_that_lies_about_its_sender_or_receiver_ends_the_call_and_is_not_delivered(ulong from, ulong to)
    {
        await using var cluster = new TransportCluster(3);
        TransportNode two = await cluster.StartAsync(2);
        byte[] truth = FrameCodecTests.Encode([TransportCluster.Heartbeat(1, 2)]);
        byte[] lie = FrameCodecTests.Encode([TransportCluster.Heartbeat(from, to, term: 7)]);

        GrpcStatus status = await Call(cluster, certified: 1, ExchangeHeaders.Create(TransportCluster.Identity(1), new NodeId(2)), truth, lie);

        Assert.That(status.Code, Is.EqualTo(GrpcStatusCode.PermissionDenied));
        Assert.That(two.Listener.Messages.Select(static m => m.Term), Is.EqualTo(new[] { 1ul }));
        await ExpectRefusal(two, $"as if from node {from} to node {to}");
    }

    [Test]
    public async Task A_certificate_of_the_cluster_admits_a_node_that_nobody_here_has_heard_of()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);
        byte[] truth = FrameCodecTests.Encode([TransportCluster.Heartbeat(8, 2)]);
        byte[] end = FrameCodecTests.Encode([TransportCluster.Heartbeat(1, 2)]);

        GrpcStatus status = await Call(cluster, certified: 8, ExchangeHeaders.Create(TransportCluster.Identity(8), new NodeId(2)), truth, end);

        Assert.That(two.Listener.Messages.Single().From, Is.EqualTo(new NodeId(8)));
        Assert.That(status.Code, Is.EqualTo(GrpcStatusCode.PermissionDenied), "it may speak for itself only");
    }

    [Test]
    public async Task A_node_with_the_receivers_own_id_is_refused()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);

        GrpcStatus status = await Call(cluster, certified: 2, ExchangeHeaders.Create(TransportCluster.Identity(2), new NodeId(2)));

        Assert.That(status.Code, Is.EqualTo(GrpcStatusCode.PermissionDenied));
        await ExpectRefusal(two, "This node is node 2 itself");
    }

    [TestCase(ExchangeHeaders.From, "0", "not a node id")]
    [TestCase(ExchangeHeaders.LaneName, "fast", "no lane 'fast'")]
    [TestCase(ExchangeHeaders.Address, "somewhere", "https://HOST:PORT")]
    [TestCase(ExchangeHeaders.Address, "http://127.0.0.1:7000", "without TLS")]
    public async Task A_malformed_header_is_named(string header, string value, string reason)
    {
        await using var cluster = new TransportCluster(2);
        await cluster.StartAsync(2);
        KeyValuePair<string, string>[] headers = ExchangeHeaders.Create(TransportCluster.Identity(1), new NodeId(2));

        GrpcStatus status = await Call(cluster, certified: 1, [.. headers.Where(h => h.Key != header), new(header, value)]);

        Assert.That(status.Code, Is.EqualTo(GrpcStatusCode.InvalidArgument));
        Assert.That(status.Message, Does.Contain(reason));
    }

    [TestCase(ExchangeHeaders.Version, "2", "protocol version 1")]
    [TestCase(ExchangeHeaders.Cluster, "other", "belongs to cluster test")]
    [TestCase(ExchangeHeaders.To, "3", "is node 2")]
    public async Task A_call_that_is_meant_for_somebody_else_is_refused(string header, string value, string reason)
    {
        await using var cluster = new TransportCluster(2);
        await cluster.StartAsync(2);
        KeyValuePair<string, string>[] headers = ExchangeHeaders.Create(TransportCluster.Identity(1), new NodeId(2));

        GrpcStatus status = await Call(cluster, certified: 1, [.. headers.Where(h => h.Key != header), new(header, value)]);

        Assert.That(status.Code, Is.EqualTo(GrpcStatusCode.FailedPrecondition));
        Assert.That(status.Message, Does.Contain(reason));
    }

    [Test]
    public async Task A_server_that_is_another_node_than_expected_gets_nothing()
    {
        await using var cluster = new TransportCluster(3);
        TransportNode one = await cluster.StartAsync(1);
        // Node 3 sits where node 2 is expected.
        await using TransportNode three = await TransportNode.StartAsync(
            TransportCluster.Identity(3), cluster.EndPoints[new NodeId(2)], cluster.Addresses, cluster.Credentials(3));

        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !one.Listener.Unreachable.IsEmpty);

        Assert.That(three.Listener.Messages, Is.Empty);
        Assert.That(one.Log.Warnings, Has.Some.Contains("that of node 3, not of node 2"));
    }

    [Test]
    public async Task A_server_of_another_cluster_gets_nothing()
    {
        await using var cluster = new TransportCluster(2);
        using var other = ClusterCertificateAuthority.Create("other");
        TransportNode one = await cluster.StartAsync(1);
        await using TransportNode two = await TransportNode.StartAsync(
            new NodeIdentity("other", new NodeId(2)), cluster.EndPoints[new NodeId(2)], cluster.Addresses, cluster.Credentials(2, other));

        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !one.Listener.Unreachable.IsEmpty);

        Assert.That(two.Listener.Messages, Is.Empty);
        Assert.That(one.Log.Warnings, Has.Some.Contains("not issued by the authority of cluster 'test'"));
    }

    [Test]
    public async Task Who_is_refused_again_and_again_does_not_fill_the_log()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);
        for (int i = 0; i < 5; i++)
        {
            await CanCall(cluster.EndPoints[new NodeId(2)], new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Anyone });
        }

        await ExpectRefusal(two, "it showed no certificate");
        Assert.That(two.Log.Warnings.Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_application_learns_which_node_calls_it()
    {
        await using var cluster = new TransportCluster(2);
        await cluster.StartAsync(2, map: static app => app.MapGet("/who", static (HttpContext context) => context.GetRaftPeer()?.ToString() ?? "nobody"));
        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var handler = new SocketsHttpHandler { SslOptions = cluster.Credentials(1).CreateClientOptions(new NodeId(2)) };
            using var client = new HttpClient(handler) { DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

            Assert.That(await client.GetStringAsync(new Uri(cluster.Addresses[new NodeId(2)], "/who")), Is.EqualTo("nexaloak://test/1"));
        }
    }

    [Test]
    public void A_node_does_not_start_with_credentials_that_others_would_refuse()
    {
        using var folder = new TemporaryFolder();
        using var past = ClusterCertificateAuthority.Create("prod", time: new FixedTime(DateTimeOffset.UtcNow.AddYears(-3)));
        using var other = ClusterCertificateAuthority.Create("other");
        using NodeCertificate expired = past.IssueNode(new NodeId(1));
        past.Save(folder.File("ca.crt"), folder.File("ca.key"));
        other.Save(folder.File("other.crt"), folder.File("other.key"));
        expired.Save(folder.File("node.crt"), folder.File("node.key"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => PeerAuthentication.Load(folder.File("node.crt"), folder.File("node.key"), folder.File("ca.crt")),
                Throws.TypeOf<CertificateException>().With.Message.Contains("which is not now").And.Message.Contains(folder.File("node.crt")));
            Assert.That(
                () => PeerAuthentication.Load(folder.File("node.crt"), folder.File("node.key"), folder.File("other.crt")),
                Throws.TypeOf<CertificateException>().With.Message.Contains("authority of cluster 'other'"));
            Assert.That(
                () => PeerAuthentication.Load(folder.File("node.crt"), folder.File("node.key"), folder.File("node.key")),
                Throws.TypeOf<CertificateException>().With.Message.Contains("no certificate"));
        }
    }

    [Test]
    public void Plain_text_is_not_offered_beyond_loopback()
        => Assert.That(
            () => new Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions().ListenRaft(new IPEndPoint(IPAddress.Any, 7000), authentication: null),
            Throws.ArgumentException.With.Message.Contains("not a loopback address"));

    // The client's own check is not the subject.
    internal static bool Anyone(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate is not null;

    internal static SslClientAuthenticationOptions AsNode(ClusterCertificateAuthority authority, ulong node)
        => WithCertificate(authority.IssueNode(new NodeId(node)));

    internal static SslClientAuthenticationOptions WithCertificate(NodeCertificate certificate) => new()
    {
        RemoteCertificateValidationCallback = Anyone,
        ClientCertificateContext = SslStreamCertificateContext.Create(certificate.Certificate, null, offline: true),
    };

    private static Task ExpectRefusal(TransportNode node, string reason)
        => Eventually.Holds(() => node.Log.Warnings.Any(w => w.Contains(reason, StringComparison.Ordinal)), $"a warning says: {reason}");

    // With TLS 1.3 the client's handshake ends before the server has judged the certificate: only an answer proves that it was accepted.
    internal static async Task<bool> CanCall(IPEndPoint endPoint, SslClientAuthenticationOptions options)
    {
        using var handler = new SocketsHttpHandler { SslOptions = options };
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        try
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri($"https://{endPoint}/nothing"));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    internal static async Task<bool> IsClosed(NetworkStream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1]) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task<GrpcStatus> Call(TransportCluster cluster, ulong certified, KeyValuePair<string, string>[] headers, params byte[][] frames)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = cluster.Credentials(certified).CreateClientOptions(new NodeId(2)) });
        var method = new Uri(cluster.Addresses[new NodeId(2)], $"{ExchangeHeaders.ServicePath}/{ExchangeHeaders.MethodName}");
        await using var call = GrpcClientCall.Start(invoker, method, headers, 1024, static _ => { });
        foreach (byte[] frame in frames)
        {
            await call.WriteAsync(GrpcFrameReaderTests.Frame(frame), CancellationToken.None);
        }

        return await call.Completion.WaitAsync(Eventually.Limit);
    }
}
