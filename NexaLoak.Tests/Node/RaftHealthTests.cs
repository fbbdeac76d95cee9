using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;

namespace NexaLoak.Tests.Node;

[Parallelizable(ParallelScope.All)]
internal sealed class RaftHealthTests
{
    private static readonly RaftStatus Well = new()
    {
        Id = new NodeId(1),
        Role = Role.Follower,
        Term = 3,
        Leader = new NodeId(2),
        SinceLeaderContact = TimeSpan.FromMilliseconds(80),
        LastIndex = 20_100,
        CommitIndex = 20_000,
        AppliedIndex = 19_999,
        Configuration = new ClusterConfiguration([new NodeId(1), new NodeId(2), new NodeId(3)]),
    };

    private static IEnumerable<TestCaseData> Cases()
    {
        yield return Case("all is well", Well, RaftHealthState.Healthy, "");
        yield return Case("no leader for a moment", Well with { Leader = NodeId.None }, RaftHealthState.Degraded, "no leader at the moment");
        yield return Case("silence", Well with { SinceLeaderContact = TimeSpan.FromSeconds(6) }, RaftHealthState.Unhealthy, "6.0 s");
        yield return Case("never heard of one", Well with { SinceLeaderContact = null }, RaftHealthState.Unhealthy, "since its start");
        yield return Case("slow state machine", Well with { AppliedIndex = 9_999 }, RaftHealthState.Degraded, "10001 entries");
        yield return Case("storage", Well with { IsStorageStalled = true }, RaftHealthState.Degraded, "storage");
        yield return Case("stopped", Well with { IsStopped = true }, RaftHealthState.Unhealthy, "stopped");
        yield return Case("failed", Well with { IsStopped = true, Failure = new IOException("disk gone") }, RaftHealthState.Unhealthy, "disk gone");

        static TestCaseData Case(string name, RaftStatus status, RaftHealthState state, string reason)
            => new TestCaseData(status, state, reason).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Cases))]
    public void A_status_is_judged(RaftStatus status, RaftHealthState state, string reason)
    {
        RaftHealth health = RaftHealth.Evaluate(status);
        Assert.That(health.State, Is.EqualTo(state));
        Assert.That(health.Reason, Does.Contain(reason));
    }

    [Test]
    public async Task A_node_that_is_cut_off_falls_ill_and_gets_well()
    {
        var limits = new RaftHealthLimits { MaxLeaderSilence = TimeSpan.FromMilliseconds(500) };
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode follower = cluster.Nodes.First(node => node != leader);
        await Eventually.Holds(() => RaftHealth.Evaluate(follower.Status, limits).State == RaftHealthState.Healthy, "it is well");
        cluster.Network.Isolate(follower.Id, cluster.Ids);
        await Eventually.Holds(() => RaftHealth.Evaluate(follower.Status, limits).State == RaftHealthState.Unhealthy, "it is cut off");
        cluster.Network.Heal();
        await Eventually.Holds(() => RaftHealth.Evaluate(follower.Status, limits).State == RaftHealthState.Healthy, "it is well again");
    }
}
