using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Transport;

/// <summary>What a node may still say that the cluster has removed.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class RemovedNodesTests
{
    private static readonly TimeSpan _grace = TimeSpan.FromMinutes(1);

    [Test]
    public async Task A_removed_node_is_refused_and_both_sides_say_so()
    {
        var time = new ManualTimeProvider();
        await using var cluster = new TransportCluster(3);
        TransportNode one = await StartWithout2(cluster, time);
        TransportNode two = await cluster.StartAsync(2);
        await GrpcRaftTransportTests.SendUntil(two, TransportCluster.Heartbeat(2, 1), () => !one.Listener.Messages.IsEmpty);

        time.Advance(_grace);
        await GrpcRaftTransportTests.SendUntil(two, TransportCluster.Heartbeat(2, 1, term: 7), () => WasRefused(two));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(one.Listener.Messages.Select(static m => m.Term), Has.None.EqualTo(7));
            Assert.That(two.Log.Warnings, Has.Some.Contains("PermissionDenied").And.Contains("was removed from cluster test: stop it"));
            Assert.That(one.Log.Warnings, Has.Some.Contains("node 2 by its certificate").And.Contains("was removed"));
        }
    }

    [Test]
    public async Task A_removed_node_that_asks_for_votes_can_be_told_that_it_was_removed(
        [Values(MessageType.PreVoteRequest, MessageType.VoteRequest)] MessageType request)
    {
        var time = new ManualTimeProvider();
        await using var cluster = new TransportCluster(3);
        TransportNode one = await StartWithout2(cluster, time);
        TransportNode two = await cluster.StartAsync(2);
        time.Advance(_grace);

        await GrpcRaftTransportTests.SendUntil(two, Message(request), () => one.Listener.Messages.Any(m => m.Type == request));
        var notice = new Message { Type = MessageType.PreVoteResponse, From = new NodeId(1), To = new NodeId(2), Reject = true, LogIndex = 9 };
        await GrpcRaftTransportTests.SendUntil(one, notice, () => two.Listener.Messages.Any(static m => m.LogIndex == 9));

        await GrpcRaftTransportTests.SendUntil(
            two, Message(request) with { LeadershipTransfer = true }, () => WasRefused(two));
        Assert.That(one.Listener.Messages.Select(static m => m.LeadershipTransfer), Has.None.True, "others could not ignore such a request");
    }

    [Test]
    public async Task A_removal_that_may_be_taken_back_refuses_nobody()
    {
        var time = new ManualTimeProvider();
        await using var cluster = new TransportCluster(3);
        TransportNode one = await cluster.StartAsync(1, time: time);
        TransportNode two = await cluster.StartAsync(2);
        one.Transport.UpdateMembers(cluster.Configuration(1, 2, 3));
        one.Transport.SettleMembers(cluster.Configuration(1, 2, 3));
        one.Transport.UpdateMembers(cluster.Configuration(1, 3));
        time.Advance(10 * _grace);

        await GrpcRaftTransportTests.SendUntil(two, TransportCluster.Heartbeat(2, 1), () => !one.Listener.Messages.IsEmpty);
    }

    [Test]
    public async Task A_node_that_the_configuration_names_again_is_heard_again()
    {
        var time = new ManualTimeProvider();
        await using var cluster = new TransportCluster(3);
        TransportNode one = await StartWithout2(cluster, time);
        TransportNode two = await cluster.StartAsync(2);
        time.Advance(_grace);
        await GrpcRaftTransportTests.SendUntil(two, TransportCluster.Heartbeat(2, 1), () => WasRefused(two));

        one.Transport.UpdateMembers(cluster.Configuration(1, 2, 3));

        await GrpcRaftTransportTests.SendUntil(two, TransportCluster.Heartbeat(2, 1), () => !one.Listener.Messages.IsEmpty);
    }

    private static bool WasRefused(TransportNode node) => node.Log.Warnings.Any(static w => w.Contains("was removed", StringComparison.Ordinal));

    private static Message Message(MessageType type) => TransportCluster.Heartbeat(2, 1) with { Type = type };

    private static async Task<TransportNode> StartWithout2(TransportCluster cluster, ManualTimeProvider time)
    {
        TransportNode one = await cluster.StartAsync(1, time: time);
        one.Transport.UpdateMembers(cluster.Configuration(1, 2, 3));
        one.Transport.UpdateMembers(cluster.Configuration(1, 3));
        one.Transport.SettleMembers(cluster.Configuration(1, 3));
        return one;
    }
}
