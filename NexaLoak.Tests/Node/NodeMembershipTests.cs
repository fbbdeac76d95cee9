using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;

namespace NexaLoak.Tests.Node;

/// <summary>Changes of the membership of running nodes.</summary>
[TestFixture]
internal sealed class NodeMembershipTests
{
    private static readonly NodeId s_fourth = new(4);

    [Test]
    public async Task A_node_joins_as_a_learner_is_promoted_and_takes_the_place_of_another()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("first");
        cluster.Join(s_fourth);
        RaftNode leader = await cluster.LeaderAsync();

        await leader.ChangeMembershipAsync(ConfigurationChange.Empty.AddLearner(s_fourth));
        await cluster.AllHaveApplied("first");
        NodeId leaving = cluster.Ids.First(id => id != leader.Id);
        ClusterConfiguration after = await leader.ChangeMembershipAsync(ConfigurationChange.Empty.AddVoter(s_fourth).Remove(leaving));

        NodeId[] expected = [.. cluster.Ids.Where(id => id != leaving), s_fourth];
        Assert.That(after.Voters, Is.EqualTo(expected));
        await Eventually.Holds(() => cluster[s_fourth].Status.Configuration.Equals(after), "the new node goes by it");
        await cluster.StopAsync(leaving);
        await cluster.ProposeAsync("second");
        await cluster.AllHaveApplied("second");
    }

    [Test]
    public async Task A_leader_that_removes_itself_sees_the_change_through()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("first");
        RaftNode leader = await cluster.LeaderAsync();

        ClusterConfiguration after = await leader.ChangeMembershipAsync(ConfigurationChange.Empty.Remove(leader.Id));

        Assert.That(after.Contains(leader.Id), Is.False);
        await Eventually.Holds(
            () => cluster.Nodes.Any(node => node.Id != leader.Id && node.Status.Role == Role.Leader), "another node leads");
    }

    [Test]
    public async Task What_is_wrong_with_a_change_is_told()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("first");
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode follower = cluster.Nodes.First(node => node != leader);

        await Assert.ThrowsAsync<NotLeaderException>(async () => await follower.ChangeMembershipAsync(ConfigurationChange.Empty.AddVoter(s_fourth)));
        MembershipChangeException stale = (await Assert.ThrowsAsync<MembershipChangeException>(
            async () => await leader.ChangeMembershipAsync(ConfigurationChange.Empty.AddVoter(s_fourth), expectedIndex: 77)))!;
        MembershipChangeException empty = (await Assert.ThrowsAsync<MembershipChangeException>(
            async () => await leader.ChangeMembershipAsync(cluster.Ids.Aggregate(ConfigurationChange.Empty, (change, id) => change.Remove(id)))))!;

        Assert.That((stale.Status, empty.Status), Is.EqualTo((ConfigurationStatus.IndexMismatch, ConfigurationStatus.Refused)));
        Assert.That(stale.Message, Does.Contain("77"));
        Assert.That(empty.Message, Does.Contain("voter"));
    }

    [Test]
    public async Task A_restarted_node_goes_by_its_log_and_not_by_its_options()
    {
        await using var cluster = new NodeCluster(1);
        await cluster.ProposeAsync("first");
        NodeId id = cluster.Ids[0];
        await cluster.StopAsync(id);

        cluster.Start(id, configuration: new ClusterConfiguration([id, new NodeId(8), new NodeId(9)]));

        await cluster.ProposeAsync("second");
        Assert.That(cluster[id].Status.Configuration.Voters, Is.EqualTo([id]));
    }
}
