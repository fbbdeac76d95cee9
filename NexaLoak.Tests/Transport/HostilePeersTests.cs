using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Security;
using Raft.Transport.Grpc.Wire;

namespace NexaLoak.Tests.Transport;

/// <summary>Whoever can reach a cluster's ports, and what it can do to three real nodes that serve writes meanwhile.</summary>
[TestFixture]
[NonParallelizable]
public sealed class HostilePeersTests
{
    private const int Rounds = 20;
    private const long Mebibyte = 1 << 20;

    [Test]
    public async Task A_caller_that_is_no_node_is_refused_by_name_while_writes_go_on(
        [Values("no certificate", "another cluster", "an expired certificate", "another node's id", "plain text", "half a handshake")] string kind)
    {
        await using var cluster = new HostedCluster(3);
        await cluster.StartAsync();
        var writer = new SteadyWriter(cluster);
        await writer.GoesOnAsync();

        string reason = string.Empty;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (int id in cluster.Ids)
            {
                reason = await Intrude(cluster, id, kind);
            }
        }

        await writer.GoesOnAsync();
        await writer.StopAsync();
        await cluster.AllHold(writer.Acknowledged);
        foreach (LogSink log in cluster.Logs.Values)
        {
            await Eventually.Holds(() => log.Warnings.Any(w => w.Contains(reason, StringComparison.Ordinal)), $"the log says: {reason}");
            Assert.That(log.Warnings.Where(w => w.Contains("was refused", StringComparison.Ordinal)), Has.Exactly(1).Items.And.All.Contains("from 127."));
            Assert.That(log.Failures, Is.Empty, "a stranger is no defect");
        }
    }

    [Test]
    public async Task A_node_that_stops_reading_holds_nobody_up_and_fills_no_more_than_its_queue()
    {
        await using var cluster = new HostedCluster(3);
        int follower = 3;
        await using var network = new FreezableProxy(cluster.EndPoints[follower]);
        cluster.Addresses[follower] = network.EndPoint;
        await cluster.StartAsync();
        var writer = new SteadyWriter(cluster, bytes: 64 * 1024);
        await writer.GoesOnAsync();

        network.Freeze();
        for (int i = 0; i < 5; i++)
        {
            await writer.GoesOnAsync();
        }

        int leader = await cluster.LeaderAsync();
        Assert.That(cluster.Transport(leader).QueueOf(new NodeId(3)).Bytes, Is.LessThanOrEqualTo(new GrpcTransportOptions().MaxQueuedBytes));
        await Eventually.Holds(
            () => cluster.Logs.Values.SelectMany(static log => log.Warnings).Any(static w => w.StartsWith("Lost node 3 at", StringComparison.Ordinal)),
            "a log names the node that does not read");

        network.Thaw();
        await writer.GoesOnAsync();
        await writer.StopAsync();
        await cluster.AllHold(writer.Acknowledged);
    }

    [Test]
    public async Task A_thousand_connections_that_say_nothing_are_closed_and_cost_little()
    {
        const int Connections = 1000;
        await using var cluster = new HostedCluster(3);
        await cluster.StartAsync();
        var writer = new SteadyWriter(cluster);
        await writer.GoesOnAsync();
        int leader = await cluster.LeaderAsync();
        long before = GC.GetTotalMemory(forceFullCollection: true);

        var clients = new List<TcpClient>();
        for (int i = 0; i < Connections; i++)
        {
            var client = new TcpClient();
            clients.Add(client);
            await client.ConnectAsync(cluster.EndPoints[leader]);
        }

        await writer.GoesOnAsync();
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        await TestContext.Out.WriteLineAsync($"{Connections} silent connections: {grown / (double)Mebibyte:0.0} MiB more on the heap, clients included.");
        await Task.WhenAll(clients.Select(static client => PeerAuthenticationTests.IsClosed(client.GetStream()))).WaitAsync(Eventually.Limit);
        await writer.GoesOnAsync();
        await writer.StopAsync();

        clients.ForEach(static client => client.Dispose());
        await cluster.AllHold(writer.Acknowledged);
        string[] refusals = [.. cluster.Logs[leader].Warnings.Where(static w => w.Contains("was refused", StringComparison.Ordinal))];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(grown, Is.LessThan(64 * Mebibyte));
            Assert.That(refusals, Has.Some.Contains("said nothing for 10 seconds").And.Some.Contains("waited longest"));
            Assert.That(refusals, Has.Length.LessThanOrEqualTo(4), "two reasons, each once a minute");
        }
    }

    /// <summary>Comes as somebody who must not be let in.</summary>
    /// <returns>What the log must say.</returns>
    private static async Task<string> Intrude(HostedCluster cluster, int node, string kind)
    {
        IPEndPoint target = cluster.EndPoints[node];
        switch (kind)
        {
            case "no certificate":
                var nobody = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = PeerAuthenticationTests.Anyone };
                Assert.That(await PeerAuthenticationTests.CanCall(target, nobody), Is.False);
                return "it showed no certificate";
            case "another cluster":
                using (var other = ClusterCertificateAuthority.Create("other"))
                {
                    Assert.That(await PeerAuthenticationTests.CanCall(target, PeerAuthenticationTests.AsNode(other, 1)), Is.False);
                }

                return "not issued by the authority of cluster 'hosted'";
            case "an expired certificate":
                using (NodeCertificate expired = cluster.IssueExpired(1))
                {
                    Assert.That(await PeerAuthenticationTests.CanCall(target, PeerAuthenticationTests.WithCertificate(expired)), Is.False);
                }

                return "which is not now";
            case "another node's id":
                Assert.That((await CallAs(cluster, node, certified: 8, claimed: 9)).Code, Is.EqualTo(GrpcStatusCode.PermissionDenied));
                return "which is node 8 by its certificate, was refused: The certificate is that of nexaloak://hosted/8, but";
            case "plain text":
                await SendAndWait(target, Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
                return "it does not speak TLS";
            default:
                await SendAndWait(target, [0x16, 0x03, 0x01, 0x00, 0x02, 0xFF, 0xFF]);
                return "it did not complete the TLS handshake";
        }
    }

    private static async Task SendAndWait(IPEndPoint target, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(target);
        await client.GetStream().WriteAsync(bytes);
        while (!await PeerAuthenticationTests.IsClosed(client.GetStream()))
        {
            // An alert of the TLS layer may come first.
        }
    }

    private static async Task<GrpcStatus> CallAs(HostedCluster cluster, int node, ulong certified, ulong claimed)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = PeerAuthenticationTests.AsNode(cluster.Authority, certified) });
        var method = new Uri($"https://{cluster.EndPoints[node]}{ExchangeHeaders.ServicePath}/{ExchangeHeaders.MethodName}");
        KeyValuePair<string, string>[] headers = ExchangeHeaders.Create(new NodeIdentity(HostedCluster.Id, new NodeId(claimed)), new NodeId((ulong)node));
        await using var call = GrpcClientCall.Start(invoker, method, headers, 1024, static _ => { });
        return await call.Completion.WaitAsync(Eventually.Limit);
    }
}
