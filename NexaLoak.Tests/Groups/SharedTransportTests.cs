using NexaLoak.Tests.Node;
using NexaLoak.Tests.Transport;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Groups;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Storage;
using Raft.Core.Transport;

namespace NexaLoak.Tests.Groups;

[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SharedTransportTests : IAsyncDisposable
{
    private static readonly NodeId _peer = new(2);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingCarrier _carrier = new();
    private readonly LogSink _log = new();
    private readonly SharedTransport _shared;

    public SharedTransportTests() => _shared = new SharedTransport(_carrier, time: _time, logger: _log.CreateLogger<SharedTransport>());

    public async ValueTask DisposeAsync()
    {
        await _shared.DisposeAsync();
        await _carrier.DisposeAsync();
        _log.Dispose();
    }

    [Test]
    public void A_message_carries_its_group_and_reaches_the_node_of_that_group_alone()
    {
        (IRaftTransport transport, _) = Start(7);
        (_, RecordingListener other) = Start(0);
        (_, RecordingListener same) = Start(8);

        transport.Send(Append());
        _carrier.Listener!.OnMessage(_carrier.Sent.Single() with { Group = new GroupId(8) });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(_carrier.Sent.Single().Group, Is.EqualTo(new GroupId(7)));
            Assert.That(same.Messages.Single(), Is.EqualTo(Append()), "the node sees the message as it was sent");
            Assert.That(other.Messages, Is.Empty);
            Assert.That(_carrier.Starts, Is.EqualTo(1));
        }
    }

    [Test]
    public void Messages_of_a_group_that_does_not_run_here_are_ignored_counted_and_logged_once()
    {
        (_, RecordingListener listener) = Start(1);

        for (int i = 0; i < 3; i++)
        {
            Assert.That(_carrier.Listener!.OnMessage(Append() with { Group = new GroupId(99) }), Is.True, "the carrier goes on");
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(listener.Messages, Is.Empty);
            Assert.That(_shared.StrayMessages, Is.EqualTo(3));
            Assert.That(_log.Informations.Single(), Does.Contain("group 99"));
        }
    }

    [Test]
    public void Heartbeats_of_all_groups_leave_in_one_run_for_each_peer()
    {
        foreach ((IRaftTransport transport, _) in Enumerable.Range(0, 100).Select(id => Start((ulong)id)).ToArray())
        {
            transport.Send(Heartbeat(to: 2));
            transport.Send(Heartbeat(to: 3));
        }

        Assert.That(_carrier.Sent, Is.Empty, "they wait");
        _time.Advance(_shared.Linger);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(_carrier.Sent.Select(static m => m.Group.Value), Is.EqualTo(Enumerable.Range(0, 200).Select(static i => (ulong)(i % 100))));
            Assert.That(_carrier.Sent.Select(static m => m.To.Value), Is.EqualTo(Enumerable.Range(0, 200).Select(static i => i < 100 ? 2ul : 3ul)));
        }
    }

    [Test]
    public void Each_run_is_followed_by_the_next()
    {
        (IRaftTransport transport, _) = Start(1);
        for (int run = 1; run <= 3; run++)
        {
            transport.Send(Heartbeat());
            _time.Advance(_shared.Linger);
            Assert.That(_carrier.Sent, Has.Count.EqualTo(run));
        }
    }

    [Test]
    public void Only_heartbeats_wait()
    {
        (IRaftTransport transport, _) = Start(1);
        MessageType[] urgent =
            [.. Enum.GetValues<MessageType>().Where(static t => t is not (MessageType.None or MessageType.HeartbeatRequest or MessageType.HeartbeatResponse))];

        foreach (MessageType type in urgent)
        {
            transport.Send(Append() with { Type = type });
        }

        Assert.That(_carrier.Sent.Select(static m => m.Type), Is.EqualTo(urgent));
    }

    [TestCase(MessageType.HeartbeatRequest)]
    [TestCase(MessageType.HeartbeatResponse)]
    public void A_heartbeat_that_a_read_waits_for_goes_at_once_and_its_repetitions_wait(MessageType type)
    {
        (IRaftTransport transport, _) = Start(1);
        Message heartbeat = Heartbeat() with { Type = type, ReadContext = 5 };

        transport.Send(heartbeat);
        Assert.That(_carrier.Sent, Has.Count.EqualTo(1));
        transport.Send(heartbeat with { To = new NodeId(3) });
        Assert.That(_carrier.Sent, Has.Count.EqualTo(2));
        transport.Send(heartbeat);
        Assert.That(_carrier.Sent, Has.Count.EqualTo(2));
        transport.Send(heartbeat with { ReadContext = 6 });
        Assert.That(_carrier.Sent, Has.Count.EqualTo(3));
    }

    [Test]
    public void What_waits_is_bounded_when_the_timer_is_late()
    {
        (IRaftTransport transport, _) = Start(1);
        for (int i = 0; i < 20_000; i++)
        {
            transport.Send(Heartbeat());
        }

        Assert.That(_carrier.Sent, Has.Count.EqualTo(16_384));
    }

    [Test]
    public void All_groups_hear_once_of_a_peer_that_loses_many_messages()
    {
        (IRaftTransport Transport, RecordingListener Listener)[] groups = [.. Enumerable.Range(0, 10).Select(id => Start((ulong)id))];
        _carrier.LosesAll = true;
        foreach ((IRaftTransport transport, _) in groups)
        {
            transport.Send(Append());
            transport.Send(Heartbeat());
        }

        _time.Advance(_shared.Linger);

        Assert.That(groups.Select(static group => group.Listener.Unreachable), Is.All.EqualTo(new[] { _peer }));
    }

    [Test]
    public async Task A_group_that_is_full_or_has_stopped_is_nobody_elses_trouble()
    {
        (IRaftTransport stopped, _) = Start(1);
        (_, RecordingListener other) = Start(2);
        await stopped.DisposeAsync();

        Assert.That(_carrier.Listener!.OnMessage(Append() with { Group = new GroupId(1) }), Is.True);
        _carrier.Listener.OnMessage(Append() with { Group = new GroupId(2) });

        Assert.That(other.Messages, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_group_runs_once_at_a_time()
    {
        (IRaftTransport transport, _) = Start(1);
        IRaftTransport second = _shared.CreateTransport(new GroupId(1));

        Assert.That(() => second.Start(new RecordingListener()), Throws.InvalidOperationException.With.Message.Contains("Group 1"));
        await second.DisposeAsync();
        Assert.That(_carrier.Listener!.OnMessage(Append() with { Group = new GroupId(1) }), Is.True);
        Assert.That(_shared.StrayMessages, Is.Zero, "the first still runs");

        await transport.DisposeAsync();
        Assert.That(() => Start(1), Throws.Nothing);
    }

    [Test]
    public async Task The_members_of_all_groups_are_reached_where_they_were_heard_of_last()
    {
        (IRaftTransport one, _) = Start(1);
        (IRaftTransport two, _) = Start(2);

        one.UpdateMembers(Configuration((1, "a"), (2, "b")));
        two.UpdateMembers(Configuration((2, "b2"), (3, "c")));
        Assert.That(_carrier.Members!.Members.Select(static id => id.Value), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(_carrier.Members.Addresses.Values, Is.EqualTo(new[] { "a", "b2", "c" }));

        one.UpdateMembers(ClusterConfiguration.Empty);
        Assert.That(_carrier.Members.Members.Select(static id => id.Value), Is.EqualTo(new[] { 2, 3 }));
        one.UpdateMembers(Configuration((4, "d")));
        await two.DisposeAsync();
        Assert.That(_carrier.Members.Members.Select(static id => id.Value), Is.EqualTo(new[] { 4 }));
    }

    [Test]
    public async Task A_node_without_groups_ignores_messages_of_groups()
    {
        var id = new NodeId(1);
        var options = new RaftNodeOptions { Id = id, Configuration = new ClusterConfiguration([id, _peer]) };
        await using var storage = new MemoryStorage();
        await using var node = new RaftNode(options, storage, _carrier, new JournalMachine(), _time);
        node.Start();

        bool taken = _carrier.Listener!.OnMessage(Append() with { To = id, Term = 99, Group = new GroupId(7) });
        _carrier.Listener.OnMessage(Append() with { To = id, Term = 5 });

        await Eventually.Holds(() => node.Status.Term > 1, "the node took a message");
        Assert.That(node.Status.Term, Is.EqualTo(5));
        Assert.That(taken, Is.False);
    }

    private (IRaftTransport Transport, RecordingListener Listener) Start(ulong group)
    {
        IRaftTransport transport = _shared.CreateTransport(new GroupId(group));
        var listener = new RecordingListener();
        transport.Start(listener);
        return (transport, listener);
    }

    private static Message Append() => new() { Type = MessageType.AppendRequest, From = _peer, To = _peer, Term = 1 };

    private static Message Heartbeat(ulong to = 2) => TransportCluster.Heartbeat(1, to);

    private static ClusterConfiguration Configuration(params (ulong Id, string Address)[] members)
        => new(
            members.Select(static member => new NodeId(member.Id)),
            addresses: members.Select(static member => KeyValuePair.Create(new NodeId(member.Id), member.Address)));
}
