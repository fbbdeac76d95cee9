using System.Globalization;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Peers;

namespace NexaLoak.Tests.Transport;

/// <summary>Members come, move and go while the transport runs.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class MembersAtRunTimeTests
{
    private static readonly Dictionary<NodeId, Uri> _nobody = [];
    private static readonly NodeId _two = new(2);

    [Test]
    public async Task A_member_is_reached_where_the_configuration_says()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1, peers: _nobody);
        TransportNode two = await cluster.StartAsync(2, peers: _nobody);
        one.Transport.Send(TransportCluster.Heartbeat(1, 2));
        Assert.That(one.Listener.Unreachable, Is.EqualTo(new[] { _two }), "nobody knows where it is");

        one.Transport.UpdateMembers(cluster.Configuration(1, 2));

        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);
    }

    [Test]
    public async Task A_configuration_may_come_before_the_start()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode two = await cluster.StartAsync(2);
        await using var one = new GrpcRaftTransport(TransportCluster.Identity(1), _nobody, cluster.Credentials(1), TransportCluster.FastOptions());
        one.UpdateMembers(cluster.Configuration(1, 2));
        one.Start(new RecordingListener());

        one.Send(TransportCluster.Heartbeat(1, 2));

        await Eventually.Holds(() => !two.Listener.Messages.IsEmpty, "the message arrives");
    }

    [Test]
    public async Task A_member_that_moves_is_reached_at_its_new_address()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1);
        TransportNode two = await cluster.StartAsync(2);
        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);
        Assert.That(one.Listener.Unreachable, Is.Empty);

        cluster.EndPoints[_two] = LoopbackPort.Reserve();
        TransportNode moved = await cluster.StartAsync(2);
        one.Transport.UpdateMembers(cluster.Configuration(1, 2));

        Assert.That(one.Listener.Unreachable, Is.EqualTo(new[] { _two }), "what was on its way may be lost");
        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !moved.Listener.Messages.IsEmpty);
    }

    [Test]
    public async Task A_configuration_that_says_nothing_new_changes_nothing()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1);
        TransportNode two = await cluster.StartAsync(2);
        for (int round = 1; round <= 20; round++)
        {
            one.Transport.Send(TransportCluster.Heartbeat(1, 2));
            one.Transport.UpdateMembers(cluster.Configuration(1, 2));
        }

        await Eventually.Holds(() => two.Listener.Messages.Count == 20, "no message is lost");
        Assert.That(one.Listener.Unreachable, Is.Empty);
    }

    [Test]
    public async Task A_node_that_joins_answers_the_leader_that_calls_it()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode leader = await cluster.StartAsync(1, peers: _nobody);
        TransportNode joining = await cluster.StartAsync(2, peers: _nobody);
        joining.Transport.UpdateMembers(ClusterConfiguration.Empty);
        leader.Transport.UpdateMembers(cluster.Configuration(1, 2));
        await GrpcRaftTransportTests.SendUntil(leader, TransportCluster.Heartbeat(1, 2), () => !joining.Listener.Messages.IsEmpty);

        joining.Transport.Send(TransportCluster.Heartbeat(2, 1));

        await Eventually.Holds(() => !leader.Listener.Messages.IsEmpty, "the answer arrives");
        Assert.That(joining.Transport.AddressOf(new NodeId(1)), Is.EqualTo(cluster.Addresses[new NodeId(1)]));
    }

    [Test]
    public async Task A_caller_that_names_the_address_of_another_node_gets_nothing_for_it()
    {
        await using var cluster = new TransportCluster(3);
        TransportNode three = await cluster.StartAsync(3);
        TransportNode two = await cluster.StartAsync(2, peers: _nobody);
        Dictionary<NodeId, Uri> peers = cluster.Addresses;
        peers[new NodeId(1)] = peers[new NodeId(3)];
        TransportNode one = await cluster.StartAsync(1, peers: peers);
        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);

        await GrpcRaftTransportTests.SendUntil(two, TransportCluster.Heartbeat(2, 1), () => two.Listener.Unreachable.Contains(new NodeId(1)));

        Assert.That(three.Listener.Messages, Is.Empty);
        Assert.That(two.Log.Warnings, Has.Some.Contains("that of node 3, not of node 1"));
    }

    [Test]
    public async Task A_node_that_was_removed_gets_what_is_said_to_it_and_is_given_up_in_the_end()
    {
        var time = new ManualTimeProvider();
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1, peers: _nobody, time: time);
        TransportNode two = await cluster.StartAsync(2);
        one.Transport.UpdateMembers(cluster.Configuration(1, 2));
        one.Transport.UpdateMembers(cluster.Configuration(1));
        time.Advance(TimeSpan.FromMinutes(1));

        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(one.Transport.AddressOf(_two), Is.Not.Null, "it was in use");
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.That(one.Transport.AddressOf(_two), Is.Null);
        Assert.That(one.Log.Informations, Has.Some.Contains("Node 2").And.Some.Contains("no member"));
        one.Transport.Send(TransportCluster.Heartbeat(1, 2));
        Assert.That(one.Listener.Unreachable, Does.Contain(_two));
    }

    [Test]
    public async Task A_node_that_calls_is_answered_for_as_long_as_it_calls()
    {
        var time = new ManualTimeProvider();
        await using var cluster = new TransportCluster(3);
        TransportNode one = await cluster.StartAsync(1, peers: _nobody, time: time);
        TransportNode two = await cluster.StartAsync(2);
        one.Transport.UpdateMembers(cluster.Configuration(1, 3));
        await GrpcRaftTransportTests.SendUntil(two, TransportCluster.Heartbeat(2, 1), () => !one.Listener.Messages.IsEmpty);

        time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(one.Transport.AddressOf(_two), Is.EqualTo(cluster.Addresses[_two]));

        await two.DisposeAsync();
        await Eventually.Holds(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return one.Transport.AddressOf(_two) is null;
            },
            "it is given up once it has gone");
        Assert.That(one.Transport.AddressOf(new NodeId(3)), Is.Not.Null, "a member stays");
    }

    [Test]
    public async Task Peers_that_the_application_named_stay_until_a_configuration_is_in_force()
    {
        var time = new ManualTimeProvider();
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1, time: time);

        time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(one.Transport.AddressOf(_two), Is.Not.Null);

        one.Transport.UpdateMembers(cluster.Configuration(1));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(one.Transport.AddressOf(_two), Is.Null);

        one.Transport.UpdateMembers(new ClusterConfiguration([new NodeId(1), _two]));
        Assert.That(one.Transport.AddressOf(_two), Is.EqualTo(cluster.Addresses[_two]), "the application's word counts again");
    }

    [TestCase("")]
    [TestCase("10.0.0.2:7000")]
    [TestCase("http://10.0.0.2:7000")]
    [TestCase("https://10.0.0.2:99999")]
    public async Task An_address_that_can_not_be_used_is_reported_once_and_leaves_the_member_unreachable(string address)
    {
        await using var cluster = new TransportCluster(1);
        TransportNode one = await cluster.StartAsync(1, peers: _nobody);
        for (ulong learner = 3; learner < 6; learner++)
        {
            one.Transport.UpdateMembers(new ClusterConfiguration([new NodeId(1), _two], learners: [new NodeId(learner)], addresses: [new(_two, address)]));
        }

        one.Transport.Send(TransportCluster.Heartbeat(1, 2));

        Assert.That(one.Listener.Unreachable, Is.EqualTo(new[] { _two }));
        Assert.That(one.Log.Warnings.Single(), Does.Contain("The address of node 2"));
    }

    [Test]
    public async Task Addresses_may_change_at_any_time_on_any_thread()
    {
        await using var cluster = new TransportCluster(2);
        TransportNode one = await cluster.StartAsync(1);
        TransportNode two = await cluster.StartAsync(2);
        ClusterConfiguration right = cluster.Configuration(1, 2);
        var wrong = new ClusterConfiguration(right.Voters, addresses: [new(_two, $"https://{LoopbackPort.Reserve()}")]);
        bool stop = false;
        Task sending = Task.Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                one.Transport.Send(TransportCluster.Heartbeat(1, 2));
                Thread.Yield();
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 25; i++)
            {
                one.Transport.UpdateMembers((i + thread) % 2 == 0 ? right : wrong);
            }
        })));
        Volatile.Write(ref stop, true);
        await sending;
        one.Transport.UpdateMembers(right);
        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2, term: 2), () => two.Listener.Messages.Any(static m => m.Term == 2));
        Assert.That(one.Log.Failures, Is.Empty);

        await one.Transport.DisposeAsync();
        one.Transport.UpdateMembers(wrong);
    }

    [Test]
    public async Task Only_so_many_addresses_are_learnt_from_callers()
    {
        var log = new LogSink();
        var options = new GrpcTransportOptions { AllowPlaintextOnLoopback = true };
        var node = new LocalNode(
            TransportCluster.Identity(1), authentication: null, options, log.CreateLogger<GrpcRaftTransport>(), TimeProvider.System);
        await using var peers = new PeerDirectory(node, _nobody);
        for (ulong id = 2; id < 1000; id++)
        {
            peers.OnContact(new NodeId(id), new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{id}")));
        }

        int Known() => Enumerable.Range(2, 998).Count(id => peers.Find(new NodeId((ulong)id)) is not null);
        Assert.That(Known(), Is.EqualTo(PeerDirectory.MaxLearnt));
        Assert.That(log.Warnings.Count(), Is.EqualTo(1));

        peers.GiveUpIdle(static _ => false);
        peers.GiveUpIdle(static _ => false);
        Assert.That(Known(), Is.Zero);
        peers.OnContact(new NodeId(999), new Uri("http://127.0.0.1:999"));
        Assert.That(Known(), Is.EqualTo(1), "there is room again");
    }
}
