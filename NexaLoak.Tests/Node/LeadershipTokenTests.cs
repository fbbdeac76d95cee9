using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Node;

namespace NexaLoak.Tests.Node;

[Parallelizable(ParallelScope.All)]
internal sealed class LeadershipTokenTests
{
    [Test]
    public async Task It_lives_as_long_as_one_leadership()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode other = cluster.Nodes.First(node => node != leader);
        CancellationToken token = leader.LeadershipToken;
        Assert.That((token.IsCancellationRequested, other.LeadershipToken.IsCancellationRequested), Is.EqualTo((false, true)));

        await leader.TransferLeadershipAsync(other.Id).AsTask().WaitAsync(Eventually.Limit);
        await Eventually.Holds(() => token.IsCancellationRequested, "the token ends with the leadership");
        await Eventually.Holds(() => other.Status.Role == Role.Leader, "the target leads");
        Assert.That(other.LeadershipToken.IsCancellationRequested, Is.False);

        await other.TransferLeadershipAsync(leader.Id).AsTask().WaitAsync(Eventually.Limit);
        await Eventually.Holds(() => leader.Status.Role == Role.Leader, "the first one leads again");
        Assert.That((token.IsCancellationRequested, leader.LeadershipToken.IsCancellationRequested), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task It_ends_with_the_node()
    {
        await using var cluster = new NodeCluster(1);
        RaftNode node = await cluster.LeaderAsync();
        CancellationToken token = node.LeadershipToken;
        await cluster.StopAsync(node.Id);
        Assert.That((token.IsCancellationRequested, node.LeadershipToken.IsCancellationRequested), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task I6_a_callback_that_blocks_does_not_hold_up_the_node()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        using var gate = new ManualResetEventSlim();
        await using CancellationTokenRegistration registration = leader.LeadershipToken.Register(() => gate.Wait(Eventually.Limit));
        try
        {
            await leader.TransferLeadershipAsync().AsTask().WaitAsync(Eventually.Limit);
            await cluster.ProposeAsync("x");
            await cluster.AllHaveApplied("x");
        }
        finally
        {
            gate.Set();
        }
    }
}
