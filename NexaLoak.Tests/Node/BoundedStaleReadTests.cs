using NUnit.Framework;
using Raft.Core.Node;

namespace NexaLoak.Tests.Node;

/// <summary>Reads that may miss the newest, by a bound.</summary>
[TestFixture]
internal sealed class BoundedStaleReadTests
{
    [Test]
    public async Task A_node_that_is_cut_off_serves_them_until_what_it_knows_is_too_old()
    {
        await using var cluster = new NodeCluster(3, configure: options => options with { MaxStaleness = TimeSpan.FromSeconds(2) });
        await cluster.ProposeAsync("first");
        await cluster.AllHaveApplied("first");
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode follower = cluster.Nodes.First(node => node != leader);
        await follower.ReadBarrierAsync(ReadConsistency.BoundedStale).AsTask().WaitAsync(Eventually.Limit);

        cluster.Network.Isolate(follower.Id, cluster.Ids);

        await Eventually.Holds(() => IsRefused(follower), "the follower admits that it knows too little");
        cluster.Network.Heal();
        await Eventually.Holds(() => !IsRefused(follower), "it knows enough again");
    }

    /// <summary>Neither served nor refused counts as served: the next look decides.</summary>
    private static bool IsRefused(RaftNode node)
    {
        Task read = node.ReadBarrierAsync(ReadConsistency.BoundedStale).AsTask();
        return ((IAsyncResult)read).AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(200)) && read.Exception?.InnerException is NotLeaderException;
    }
}
