using System.Collections.Concurrent;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Events;

namespace NexaLoak.Tests.Node;

[Parallelizable(ParallelScope.All)]
internal sealed class EventTests
{
    [Test]
    public async Task A_slow_subscriber_loses_the_oldest_and_is_told_how_many()
    {
        var hub = new EventHub(capacity: 3);
        await using IAsyncEnumerator<RaftEvent> events = hub.WatchAsync(default).GetAsyncEnumerator();
        ValueTask<bool> first = events.MoveNextAsync();
        hub.Publish(new TermChanged(1));
        Assert.That(await first && events.Current is TermChanged(1), Is.True);
        for (ulong term = 2; term <= 10; term++)
        {
            hub.Publish(new TermChanged(term));
        }

        hub.Complete(new NodeStopped(null));
        List<RaftEvent> rest = [];
        while (await events.MoveNextAsync())
        {
            rest.Add(events.Current);
        }

        Assert.That(rest, Is.EqualTo(new RaftEvent[] { new EventsLost(7), new TermChanged(9), new TermChanged(10), new NodeStopped(null) }));
    }

    [Test]
    public async Task Who_subscribes_after_the_end_is_told_of_it()
    {
        var hub = new EventHub(capacity: 3);
        var stopped = new NodeStopped(new InvalidDataException());
        hub.Publish(new TermChanged(1));
        hub.Complete(stopped);
        hub.Complete(new NodeStopped(null));
        Assert.That(await hub.WatchAsync(default).ToListAsync(), Is.EqualTo(new[] { stopped }));
    }

    [Test]
    public async Task A_node_tells_of_its_election_its_fall_and_its_end()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode target = cluster.Nodes.First(node => node != leader);
        (ConcurrentQueue<RaftEvent> ofLeader, _) = Watch(leader);
        (ConcurrentQueue<RaftEvent> ofTarget, Task end) = Watch(target);
        ulong term = leader.Status.Term;

        await leader.TransferLeadershipAsync(target.Id).AsTask().WaitAsync(Eventually.Limit);

        await Eventually.Holds(() => ofLeader.Contains(new SteppedDown(term, StepDownReason.Transferred)), "the leader tells of its fall");
        await Eventually.Holds(() => ofTarget.Contains(new LeaderChanged(target.Id, term + 1)), "the target tells of itself");
        Assert.That(ofTarget, Does.Contain(new TermChanged(term + 1)).And.Some.Matches<RaftEvent>(what => what is RoleChanged { Role: Role.Leader }));
        await cluster.StopAsync(target.Id);
        await end.WaitAsync(Eventually.Limit);
        Assert.That(ofTarget.Last(), Is.EqualTo(new NodeStopped(null)));
    }

    [Test]
    public async Task A_leader_that_is_cut_off_tells_why_it_fell_and_whom_it_missed()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        (ConcurrentQueue<RaftEvent> events, _) = Watch(leader);
        ulong term = leader.Status.Term;
        cluster.Network.Isolate(leader.Id, cluster.Ids);
        await Eventually.Holds(() => events.Contains(new SteppedDown(term, StepDownReason.QuorumLost)), "it lost its majority");

        foreach (NodeId peer in cluster.Ids.Where(id => id != leader.Id))
        {
            Assert.That(events.Count(what => what is PeerUnreachable unreachable && unreachable.Peer == peer), Is.EqualTo(1), "once, however much was lost");
        }

        cluster.Network.Heal();
        await Eventually.Holds(() => events.OfType<PeerReachable>().Any(), "it hears from a peer again");
    }

    [Test]
    public async Task I6_a_subscriber_that_never_reads_holds_up_nobody()
    {
        await using var cluster = new NodeCluster(3, configure: options => options with { EventCapacity = 1 });
        foreach (RaftNode node in cluster.Nodes)
        {
            _ = node.WatchAsync().GetAsyncEnumerator().MoveNextAsync().AsTask();
        }

        for (int i = 0; i < 5; i++)
        {
            await (await cluster.LeaderAsync()).TransferLeadershipAsync().AsTask().WaitAsync(Eventually.Limit);
        }

        await cluster.ProposeAsync("x");
    }

    private static (ConcurrentQueue<RaftEvent> Events, Task End) Watch(RaftNode node)
    {
        var events = new ConcurrentQueue<RaftEvent>();
        IAsyncEnumerator<RaftEvent> source = node.WatchAsync().GetAsyncEnumerator();
        return (events, ReadAsync(source, source.MoveNextAsync().AsTask(), events));
    }

    private static async Task ReadAsync(IAsyncEnumerator<RaftEvent> source, Task<bool> next, ConcurrentQueue<RaftEvent> into)
    {
        while (await next)
        {
            into.Enqueue(source.Current);
            next = source.MoveNextAsync().AsTask();
        }

        await source.DisposeAsync();
    }
}
