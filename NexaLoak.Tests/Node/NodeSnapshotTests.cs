using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Events;
using Raft.Core.Node.Snapshots;

namespace NexaLoak.Tests.Node;

/// <summary>Snapshots in running nodes: taken by policy, sent, installed and started from.</summary>
[TestFixture]
internal sealed class NodeSnapshotTests
{
    [Test]
    public async Task The_log_behind_a_snapshot_is_given_up_and_a_restart_begins_with_the_snapshot()
    {
        await using var cluster = new NodeCluster(1, configure: Often);
        await Propose(cluster, 1, 30);
        NodeId id = cluster.Ids[0];
        await Eventually.Holds(() => cluster[id].Status.BaseIndex > 10, "the log is compacted");
        string[] before = cluster.Machines[id].Commands;

        await cluster.StopAsync(id);
        cluster.Start(id);

        await cluster.ProposeAsync("after");
        Assert.That(cluster.Machines[id].Commands, Is.EqualTo([.. before, "after"]));
        Assert.That(cluster.Machines[id].Restores, Is.EqualTo(1));
    }

    [Test]
    public async Task A_node_that_missed_what_was_given_up_goes_on_from_the_leaders_snapshot()
    {
        await using var cluster = new NodeCluster(3, configure: Often);
        await Propose(cluster, 1, 3);
        NodeId late = (await cluster.LeaderAsync()).Id == cluster.Ids[2] ? cluster.Ids[1] : cluster.Ids[2];
        await cluster.StopAsync(late);
        await Propose(cluster, 4, 60);
        await Eventually.Holds(() => cluster.Nodes.All(node => node.Status.BaseIndex > 20), "the others have compacted their logs");

        cluster.Start(late);

        await cluster.AllHaveApplied("60");
        Assert.That(cluster.Machines[late].Commands, Is.EqualTo(cluster.Machines[(await cluster.LeaderAsync()).Id].Commands));
        Assert.That(cluster.Machines[late].Restores, Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public async Task F17_A_snapshot_that_cannot_be_written_costs_nothing_but_itself()
    {
        await using var cluster = new NodeCluster(1, configure: Often);
        int attempts = 0;
        cluster.Machines[cluster.Ids[0]].BeforeSave = () => throw new IOException($"no room, attempt {Interlocked.Increment(ref attempts)}");

        for (int i = 1; Volatile.Read(ref attempts) < 2; i++)
        {
            await cluster.ProposeAsync($"{i}");
        }

        Assert.That(cluster[cluster.Ids[0]].Status.BaseIndex, Is.Zero);
        cluster.Machines[cluster.Ids[0]].BeforeSave = static () => { };
        await Propose(cluster, 1001, 1030);
        await Eventually.Holds(() => cluster[cluster.Ids[0]].Status.SnapshotIndex > 0, "the next one works");
    }

    [Test]
    public async Task Events_tell_of_snapshots()
    {
        await using var cluster = new NodeCluster(1, configure: Often);
        RaftNode node = await cluster.LeaderAsync();
        using var limit = new CancellationTokenSource(Eventually.Limit);
        Task<SnapshotTaken?> seen = FirstSnapshotAsync(node, limit.Token);
        await Propose(cluster, 1, 15);

        Assert.That(await seen, Is.Not.Null);
        Assert.That(node.Status.SnapshotIndex, Is.GreaterThan(0));
        await limit.CancelAsync();
    }

    private static async Task<SnapshotTaken?> FirstSnapshotAsync(RaftNode node, CancellationToken limit)
    {
        await foreach (RaftEvent told in node.WatchAsync(limit))
        {
            if (told is SnapshotTaken taken)
            {
                return taken;
            }
        }

        return null;
    }

    private static RaftNodeOptions Often(RaftNodeOptions options) => options with
    {
        Snapshots = new SnapshotPolicy { Entries = 10 },
        Raft = options.Raft with { TrailingEntries = 0, MaxTrailingEntries = 0, SnapshotChunkBytes = 16 },
    };

    private static async Task Propose(NodeCluster cluster, int first, int last)
    {
        for (int i = first; i <= last; i++)
        {
            await cluster.ProposeAsync($"{i}");
        }
    }
}
