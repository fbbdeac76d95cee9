using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Transport.Grpc;

namespace NexaLoak.Tests.Transport;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class GrpcRaftTransportTests
{
    [Test]
    public async Task Every_type_of_message_arrives_as_it_was_sent_in_both_directions()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1);
        TransportNode two = await cluster.StartAsync(2);
        Message[] samples = SamplesOfEveryType();

        foreach (Message sample in samples)
        {
            one.Transport.Send(sample with { From = new NodeId(1), To = new NodeId(2) });
            two.Transport.Send(sample with { From = new NodeId(2), To = new NodeId(1) });
        }

        await Eventually.Holds(() => one.Listener.Messages.Count == samples.Length && two.Listener.Messages.Count == samples.Length, "all messages arrive");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ByLane(two.Listener.Messages).Zip(ByLane(samples)).All(static m => Same(m.First, m.Second, from: 1, to: 2)), "from node 1 to node 2, in order");
            Assert.That(ByLane(one.Listener.Messages).Zip(ByLane(samples)).All(static m => Same(m.First, m.Second, from: 2, to: 1)), "from node 2 to node 1, in order");
            Assert.That(one.Log.Failures.Concat(two.Log.Failures), Is.Empty);
        }
    }

    [Test]
    public async Task A_message_of_almost_the_limit_arrives_and_a_larger_one_is_reported()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1);
        TransportNode two = await cluster.StartAsync(2);
        var limit = new GrpcTransportOptions().MaxFrameBytes;

        one.Transport.Send(Append(1, 2, new byte[limit]));
        Assert.That(one.Listener.Unreachable, Is.EqualTo(new[] { new NodeId(2) }));
        Assert.That(one.Log.Failures.Single(), Does.Contain("larger than the limit"));

        one.Transport.Send(Append(1, 2, new byte[limit - 200]));
        await Eventually.Holds(() => two.Listener.Messages.Count == 1, "the large message arrives");
        Assert.That(two.Listener.Messages.Single().Entries.Span[0].Payload.Length, Is.EqualTo(limit - 200));
    }

    [Test]
    public async Task A_peer_that_restarts_on_the_same_port_is_reached_again_soon()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1, new GrpcTransportOptions());
        TransportNode two = await cluster.StartAsync(2);
        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);

        await two.DisposeAsync();
        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !one.Listener.Unreachable.IsEmpty);
        TransportNode again = await cluster.StartAsync(2);
        var clock = Stopwatch.StartNew();
        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !again.Listener.Messages.IsEmpty);

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        Assert.That(one.Log.Warnings, Has.Some.StartsWith("Lost node 2"));
    }

    [Test]
    public async Task A_call_of_the_peer_ends_the_pause_before_the_next_attempt()
    {
        var patient = new GrpcTransportOptions { ReconnectDelay = TimeSpan.FromMinutes(10), MaxReconnectDelay = TimeSpan.FromMinutes(10) };
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1, patient);
        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !one.Listener.Unreachable.IsEmpty);

        TransportNode two = await cluster.StartAsync(2);
        two.Transport.Send(TransportCluster.Heartbeat(2, 1));
        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);
    }

    [Test]
    public async Task Dead_and_silent_peers_do_not_keep_others_waiting()
    {
        await using var cluster = new TransportCluster(4);
        // Node 3 takes connections and says nothing; nobody is at the address of node 4.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(cluster.EndPoints[new NodeId(3)]);
        silent.Listen();
        TransportNode one = await cluster.StartAsync(1);
        TransportNode two = await cluster.StartAsync(2);

        for (ulong term = 1; term <= 200; term++)
        {
            one.Transport.Send(TransportCluster.Heartbeat(1, 3, term));
            one.Transport.Send(TransportCluster.Heartbeat(1, 4, term));
            one.Transport.Send(TransportCluster.Heartbeat(1, 2, term));
        }

        await Eventually.Holds(() => two.Listener.Messages.Count == 200, "node 2 gets all its messages");
        await Eventually.Holds(() => one.Listener.Unreachable.Contains(new NodeId(4)), "node 4 is reported");
        await Eventually.Holds(() => one.Listener.Unreachable.Contains(new NodeId(3)), "node 3 is reported");
        Assert.That(two.Listener.Messages.Select(static m => m.Term), Is.Ordered);
    }

    [Test]
    public async Task A_peer_that_reads_nothing_fills_its_queue_and_no_more()
    {
        var options = new GrpcTransportOptions { MaxQueuedMessages = 100, ConnectTimeout = TimeSpan.FromMinutes(5) };
        await using var cluster = new TransportCluster(2);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(cluster.EndPoints[new NodeId(2)]);
        silent.Listen();
        TransportNode one = await cluster.StartAsync(1, options);

        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 100_000; i++)
        {
            one.Transport.Send(TransportCluster.Heartbeat(1, 2));
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)), "sending never waits");
            Assert.That(one.Transport.QueueOf(new NodeId(2)).Messages, Is.EqualTo(100));
            Assert.That(one.Listener.Unreachable, Is.EqualTo(new[] { new NodeId(2) }), "one report for the whole burst");
        }
    }

    [Test]
    public async Task The_bytes_that_wait_for_a_peer_are_bounded()
    {
        var options = new GrpcTransportOptions { MaxFrameBytes = 1 << 20, MaxQueuedBytes = 2 << 20, ConnectTimeout = TimeSpan.FromMinutes(5) };
        await using var cluster = new TransportCluster(2);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(cluster.EndPoints[new NodeId(2)]);
        silent.Listen();
        TransportNode one = await cluster.StartAsync(1, options);

        for (int i = 0; i < 50; i++)
        {
            one.Transport.Send(Append(1, 2, new byte[500_000]));
        }

        Assert.That(one.Transport.QueueOf(new NodeId(2)).Bytes, Is.InRange(1 << 20, 2 << 20));
        Assert.That(one.Listener.Unreachable, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_peer_that_falls_silent_is_given_up_and_taken_back()
    {
        var alert = new GrpcTransportOptions { KeepAliveInterval = TimeSpan.FromSeconds(1), KeepAliveTimeout = TimeSpan.FromSeconds(1) };
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);
        await using var network = new FreezableProxy(cluster.EndPoints[new NodeId(2)]);
        cluster.EndPoints[new NodeId(2)] = network.EndPoint;
        TransportNode one = await cluster.StartAsync(1, alert);
        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);

        network.Freeze();
        await SendUntil(one, TransportCluster.Heartbeat(1, 2, term: 2), () => one.Listener.Unreachable.Contains(new NodeId(2)));
        network.Thaw();
        await SendUntil(one, TransportCluster.Heartbeat(1, 2, term: 3), () => two.Listener.Messages.Any(static m => m.Term == 3));
    }

    /// <summary>A peer that is never called again would look like one that is dead.</summary>
    [Test]
    public async Task A_defect_in_a_call_is_told_and_does_not_end_sending()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);
        TransportNode one = await cluster.StartAsync(1, time: new ClockThatFailsOnce());
        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => one.Log.Failures.Any());
        Assert.That(one.Log.Failures, Has.Some.StartsWith("A call of node 2 for messages failed because of a defect"));
        int before = two.Listener.Messages.Count;
        await SendUntil(one, TransportCluster.Heartbeat(1, 2, term: 2), () => two.Listener.Messages.Skip(before).Any(static m => m.Term == 2));
    }

    [Test]
    public async Task A_message_that_the_node_can_not_take_is_lost_and_the_next_one_is_delivered()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1);
        TransportNode two = await cluster.StartAsync(2);
        two.Listener.Accepts = false;
        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);

        two.Listener.Accepts = true;
        await SendUntil(one, TransportCluster.Heartbeat(1, 2, term: 2), () => two.Listener.Messages.Any(static m => m.Term == 2));
        Assert.That(one.Log.Warnings, Is.Empty, "the call goes on");
    }

    [Test]
    public async Task A_message_to_a_stranger_is_reported()
    {
        await using var cluster = new TransportCluster(1);
        TransportNode one = await cluster.StartAsync(1);

        one.Transport.Send(TransportCluster.Heartbeat(1, 9));

        Assert.That(one.Listener.Unreachable, Is.EqualTo(new[] { new NodeId(9) }));
    }

    [Test]
    public async Task Disposing_does_not_wait_for_peers_in_any_state()
    {
        await using var cluster = new TransportCluster(4);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(cluster.EndPoints[new NodeId(3)]);
        silent.Listen();
        TransportNode one = await cluster.StartAsync(1, new GrpcTransportOptions { ConnectTimeout = TimeSpan.FromMinutes(5) });
        TransportNode two = await cluster.StartAsync(2);
        one.Transport.Send(TransportCluster.Heartbeat(1, 3));
        one.Transport.Send(TransportCluster.Heartbeat(1, 4));
        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);
        await SendUntil(two, TransportCluster.Heartbeat(2, 1), () => !one.Listener.Messages.IsEmpty);

        var clock = Stopwatch.StartNew();
        await one.Transport.DisposeAsync();
        await one.Transport.DisposeAsync();

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public async Task In_plain_text_nodes_talk_on_loopback_only()
    {
        var options = new GrpcTransportOptions { AllowPlaintextOnLoopback = true };
        IPEndPoint[] endPoints = [LoopbackPort.Reserve(), LoopbackPort.Reserve()];
        var peers = endPoints.Select(static (e, i) => (Id: new NodeId((ulong)i + 1), Address: new Uri($"http://{e}"))).ToDictionary(static p => p.Id, static p => p.Address);
        await using TransportNode one = await TransportNode.StartAsync(TransportCluster.Identity(1), endPoints[0], peers, authentication: null, options);
        await using TransportNode two = await TransportNode.StartAsync(TransportCluster.Identity(2), endPoints[1], peers, authentication: null, options);

        await SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);
        await SendUntil(two, TransportCluster.Heartbeat(2, 1), () => !one.Listener.Messages.IsEmpty);
    }

    [TestCase("http://192.0.2.1:7000", "without TLS")]
    [TestCase("http://example.org:7000", "without TLS")]
    [TestCase("https://127.0.0.1:7000", "certificate")]
    [TestCase("ftp://127.0.0.1:7000", "https://HOST:PORT")]
    [TestCase("http://127.0.0.1:7000/path", "https://HOST:PORT")]
    public void An_address_that_can_not_be_used_is_named(string address, string reason)
    {
        var peers = new Dictionary<NodeId, Uri> { [new NodeId(2)] = new(address) };

        Assert.That(
            () => new GrpcRaftTransport(TransportCluster.Identity(1), peers, authentication: null, new GrpcTransportOptions { AllowPlaintextOnLoopback = true }),
            Throws.TypeOf<System.ComponentModel.DataAnnotations.ValidationException>().With.Message.Contains("node 2").And.Message.Contains(reason));
    }

    [Test]
    public void Plain_text_must_be_asked_for()
    {
        var peers = new Dictionary<NodeId, Uri> { [new NodeId(2)] = new("http://127.0.0.1:7000") };

        Assert.That(
            () => new GrpcRaftTransport(TransportCluster.Identity(1), peers, authentication: null),
            Throws.TypeOf<System.ComponentModel.DataAnnotations.ValidationException>().With.Message.Contains(nameof(GrpcTransportOptions.AllowPlaintextOnLoopback)));
    }

    /// <summary>Raft repeats its messages; so does this, until the effect shows.</summary>
    internal static Task SendUntil(TransportNode node, Message message, Func<bool> effect)
        => Eventually.Holds(
            () =>
            {
                node.Transport.Send(message);
                return effect();
            },
            $"{message.Type} from node {message.From} to node {message.To} has its effect");

    private static Message Append(ulong from, ulong to, byte[] payload) => new()
    {
        Type = MessageType.AppendRequest,
        From = new NodeId(from),
        To = new NodeId(to),
        Entries = new[] { new Entry(1, 1, EntryType.Command, payload) },
    };

    private static Message[] SamplesOfEveryType()
        => [.. MessageSamples.Frames().Generator.Sample(200, 30).SelectMany(static frame => frame)
            .Concat(Enum.GetValues<MessageType>().Where(static t => t != MessageType.None)
                .Select(static type => new Message { Type = type, From = default, To = default }))];

    // Order is kept within a lane.
    private static IEnumerable<Message> ByLane(IEnumerable<Message> messages) => messages.OrderBy(static m => m.Type == MessageType.SnapshotChunk);

    private static bool Same(Message received, Message sample, ulong from, ulong to)
        => MessageSamples.Same(received, sample with { From = new NodeId(from), To = new NodeId(to) });

    /// <summary>Stands for any exception that nobody reckoned with, in the middle of a call.</summary>
    private sealed class ClockThatFailsOnce : TimeProvider
    {
        private int _asked;

        public override long GetTimestamp()
            => Interlocked.Increment(ref _asked) == 1 ? throw new InvalidOperationException("no time") : base.GetTimestamp();
    }
}
