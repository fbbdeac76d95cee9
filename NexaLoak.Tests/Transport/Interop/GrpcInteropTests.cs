using System.Text.Json;
using Google.Protobuf;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Protos;
using Raft.Transport.Grpc.Security;
using Raft.Transport.Grpc.Wire;

namespace NexaLoak.Tests.Transport.Interop;

/// <summary>Talks with another implementation of gRPC, so that what is spoken is gRPC and not a dialect.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class GrpcInteropTests
{
    private const string Exchange = $"{ExchangeHeaders.ServicePath}/{ExchangeHeaders.MethodName}";

    [SetUp]
    public void RequirePython() => PythonGrpc.Require();

    [Test]
    public async Task A_foreign_client_delivers_its_messages()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);
        byte[] frame = FrameCodecTests.Encode([TransportCluster.Heartbeat(1, 2, term: 5), TransportCluster.Heartbeat(1, 2, term: 6)]);

        JsonElement result = await CallAsync(cluster, Exchange, frame);
        ExchangeReply reply = ExchangeReply.Parser.ParseFrom(result.GetProperty("replies")[0].GetBytesFromBase64());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.GetProperty("code").GetInt32(), Is.EqualTo((int)GrpcStatusCode.Ok), result.ToString());
            Assert.That(reply, Is.EqualTo(new ExchangeReply { Version = 1, NodeId = 2 }));
            Assert.That(two.Listener.Messages.Select(static m => m.Term), Is.EqualTo(new[] { 5ul, 6ul }));
        }
    }

    [Test]
    public async Task A_foreign_client_understands_why_it_is_refused()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);

        JsonElement lie = await CallAsync(cluster, Exchange, FrameCodecTests.Encode([TransportCluster.Heartbeat(7, 2)]));
        JsonElement oversized = await CallAsync(cluster, Exchange, new byte[TransportCluster.FastOptions().MaxFrameBytes + 1]);
        JsonElement unknown = await CallAsync(cluster, $"{ExchangeHeaders.ServicePath}/Nonsense");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(lie.GetProperty("code").GetInt32(), Is.EqualTo((int)GrpcStatusCode.PermissionDenied));
            Assert.That(lie.GetProperty("details").GetString(), Does.Contain("as if from node 7"));
            Assert.That(oversized.GetProperty("code").GetInt32(), Is.EqualTo((int)GrpcStatusCode.ResourceExhausted));
            Assert.That(unknown.GetProperty("code").GetInt32(), Is.EqualTo((int)GrpcStatusCode.Unimplemented));
            Assert.That(unknown.GetProperty("details").GetString(), Does.Contain("Nonsense"));
            Assert.That(two.Listener.Messages, Is.Empty);
        }
    }

    [Test]
    public async Task A_foreign_server_gets_what_a_node_sends()
    {
        await using var cluster = new TransportCluster(2);
        using var folder = new TemporaryFolder();
        using PythonGrpc server = PythonGrpc.Start("exchange_server.py");
        var peers = new Dictionary<NodeId, Uri> { [new NodeId(2)] = await ServeAsync(server, cluster, folder) };
        var log = new LogSink();
        await using var transport = new GrpcRaftTransport(TransportCluster.Identity(1), peers, cluster.Credentials(1), logger: log.CreateLogger<GrpcRaftTransport>());
        transport.Start(new RecordingListener());

        transport.Send(TransportCluster.Heartbeat(1, 2, term: 9));
        JsonElement metadata = (await server.ReadLineAsync()).GetProperty("metadata");
        RaftFrame frame = RaftFrame.Parser.ParseFrom((await server.ReadLineAsync()).GetProperty("frame").GetBytesFromBase64());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(metadata.GetProperty(ExchangeHeaders.Cluster).GetString(), Is.EqualTo(TransportCluster.Id));
            Assert.That(metadata.GetProperty(ExchangeHeaders.From).GetString(), Is.EqualTo("1"));
            Assert.That(frame.Messages.Single(), Is.EqualTo(new RaftMessage { Type = Raft.Transport.Grpc.Protos.MessageType.HeartbeatRequest, From = 1, To = 2, Term = 9 }));
        }

        await Eventually.Holds(() => log.Informations.Any(static line => line.Contains("Node 2", StringComparison.Ordinal)), "the reply is understood");
    }

    [Test]
    public async Task A_foreign_server_gets_pieces_of_snapshots_in_a_lane_of_their_own_and_learns_the_callers_address()
    {
        await using var cluster = new TransportCluster(2);
        using var folder = new TemporaryFolder();
        using PythonGrpc server = PythonGrpc.Start("exchange_server.py");
        Dictionary<NodeId, Uri> peers = cluster.Addresses;
        peers[new NodeId(2)] = await ServeAsync(server, cluster, folder);
        await using var transport = new GrpcRaftTransport(TransportCluster.Identity(1), peers, cluster.Credentials(1));
        transport.Start(new RecordingListener());

        transport.Send(TransportCluster.Chunk(1, 2, bytes: 3));
        JsonElement metadata = (await server.ReadLineAsync()).GetProperty("metadata");
        RaftFrame frame = RaftFrame.Parser.ParseFrom((await server.ReadLineAsync()).GetProperty("frame").GetBytesFromBase64());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(metadata.GetProperty(ExchangeHeaders.LaneName).GetString(), Is.EqualTo(ExchangeHeaders.SnapshotLane));
            Assert.That(metadata.GetProperty(ExchangeHeaders.Address).GetString(), Is.EqualTo($"https://{cluster.EndPoints[new NodeId(1)]}"));
            Assert.That(frame.Messages.Single().Chunk.Data, Has.Length.EqualTo(3));
            Assert.That(frame.Messages.Single().Chunk.Snapshot, Has.Property("Size").EqualTo(3).And.Property("Checksum").EqualTo(7));
        }
    }

    private static async Task<Uri> ServeAsync(PythonGrpc server, TransportCluster cluster, TemporaryFolder folder)
    {
        await server.WriteLineAsync(new
        {
            authority = Save(cluster.Authority, folder),
            certificate = Save(cluster.Authority, folder, node: 2),
            key = folder.File("2.key"),
            reply = new ExchangeReply { Version = 1, NodeId = 2 }.ToByteString().ToBase64(),
        });
        return new Uri($"https://127.0.0.1:{(await server.ReadLineAsync()).GetProperty("port").GetInt32()}");
    }

    private static async Task<JsonElement> CallAsync(TransportCluster cluster, string method, params byte[][] frames)
    {
        using var folder = new TemporaryFolder();
        using PythonGrpc client = PythonGrpc.Start("exchange_client.py");
        await client.WriteLineAsync(new
        {
            target = cluster.EndPoints[new NodeId(2)].ToString(),
            authority = Save(cluster.Authority, folder),
            certificate = Save(cluster.Authority, folder, node: 1),
            key = folder.File("1.key"),
            method,
            metadata = ExchangeHeaders.Create(TransportCluster.Identity(1), new NodeId(2)).Select(static h => new[] { h.Key, h.Value }),
            frames,
        });
        client.CloseInput();
        return await client.ReadLineAsync();
    }

    private static string Save(ClusterCertificateAuthority authority, TemporaryFolder folder)
    {
        authority.Save(folder.File("ca.crt"), folder.File("ca.key"));
        return folder.File("ca.crt");
    }

    private static string Save(ClusterCertificateAuthority authority, TemporaryFolder folder, ulong node)
    {
        using NodeCertificate certificate = authority.IssueNode(new NodeId(node), ["localhost"]);
        certificate.Save(folder.File($"{node}.crt"), folder.File($"{node}.key"));
        return folder.File($"{node}.crt");
    }
}
