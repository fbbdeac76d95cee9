using System.Collections.Concurrent;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Storage;
using Raft.Core.Transport;

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
    public async Task A_new_voter_catches_up_as_a_learner_before_it_takes_the_place_of_another()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("first");
        RaftNode leader = await cluster.LeaderAsync();
        NodeId leaving = cluster.Ids.First(id => id != leader.Id);
        Task<ClusterConfiguration> change = leader.ChangeMembershipAsync(ConfigurationChange.Empty.AddVoter(s_fourth).Remove(leaving)).AsTask();

        await Eventually.Holds(() => leader.Status.Configuration.Learners.Contains(s_fourth), "the new node is a learner");
        await cluster.ProposeAsync("second");
        Assert.That(leader.Status.Configuration.Voters, Is.EqualTo(cluster.Ids), "nobody decides without a log");
        Assert.That(change.IsCompleted, Is.False);
        cluster.Join(s_fourth);

        ClusterConfiguration after = await change.WaitAsync(Eventually.Limit);
        NodeId[] expected = [.. cluster.Ids.Where(id => id != leaving), s_fourth];
        Assert.That(after.Voters, Is.EqualTo(expected));
        await Eventually.Holds(() => cluster.Machines[s_fourth].Commands.Contains("second"), "the new voter has the log");
    }

    [Test]
    public async Task A_new_voter_that_never_comes_stays_a_learner_when_the_caller_gives_up()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("first");
        RaftNode leader = await cluster.LeaderAsync();
        using var patience = new CancellationTokenSource();
        Task<ClusterConfiguration> change = leader.ChangeMembershipAsync(ConfigurationChange.Empty.AddVoter(s_fourth), cancellationToken: patience.Token).AsTask();
        await Eventually.Holds(() => leader.Status.Configuration.Learners.Contains(s_fourth), "the new node is a learner");

        await patience.CancelAsync();
        await Assert.ThatAsync(() => change, Throws.InstanceOf<OperationCanceledException>());
        cluster.Join(s_fourth);
        await cluster.AllHaveApplied("first");
        await cluster.ProposeAsync("second");
        await cluster.AllHaveApplied("second");
        Assert.That(leader.Status.Configuration.Voters, Is.EqualTo(cluster.Ids), "what was given up is not done later");
    }

    [Test]
    public async Task Another_change_while_a_new_voter_catches_up_refuses_the_first()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("first");
        RaftNode leader = await cluster.LeaderAsync();
        Task<ClusterConfiguration> change = leader.ChangeMembershipAsync(ConfigurationChange.Empty.AddVoter(s_fourth)).AsTask();
        await Eventually.Holds(() => leader.Status.Configuration.Learners.Contains(s_fourth), "the new node is a learner");

        await leader.ChangeMembershipAsync(ConfigurationChange.Empty.Remove(s_fourth));

        MembershipChangeException refused = (await Assert.ThrowsAsync<MembershipChangeException>(() => change.WaitAsync(Eventually.Limit)))!;
        Assert.That(refused.Status, Is.EqualTo(ConfigurationStatus.IndexMismatch));
        Assert.That(leader.Status.Configuration.Contains(s_fourth), Is.False);
    }

    [Test]
    public async Task A_leader_that_is_lost_while_a_new_voter_catches_up_does_not_know_what_becomes_of_it()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("first");
        RaftNode leader = await cluster.LeaderAsync();
        Task<ClusterConfiguration> change = leader.ChangeMembershipAsync(ConfigurationChange.Empty.AddVoter(s_fourth)).AsTask();
        await Eventually.Holds(() => leader.Status.Configuration.Learners.Contains(s_fourth), "the new node is a learner");

        await leader.TransferLeadershipAsync();

        OutcomeUnknownException unknown = (await Assert.ThrowsAsync<OutcomeUnknownException>(() => change.WaitAsync(Eventually.Limit)))!;
        Assert.That(unknown.Message, Does.Contain("learner"));
    }

    [Test]
    public async Task The_transport_hears_of_a_configuration_when_it_is_in_force_and_again_when_it_is_committed()
    {
        var one = new NodeId(1);
        await using var storage = new MemoryStorage();
        var options = new RaftNodeOptions { Id = one, Configuration = new ClusterConfiguration([one]), TickInterval = TimeSpan.FromMilliseconds(10) };
        var transport = new MemberJournal();
        await using var node = new RaftNode(options, storage, transport, new JournalMachine());
        node.Start();
        await Eventually.Holds(() => node.Status.Role == Role.Leader, "the node leads");

        ClusterConfiguration with = await node.ChangeMembershipAsync(ConfigurationChange.Empty.AddLearner(s_fourth));
        ClusterConfiguration without = await node.ChangeMembershipAsync(ConfigurationChange.Empty.Remove(s_fourth));

        await Eventually.Holds(() => transport.Settled.LastOrDefault()?.Equals(without) == true, "the removal is settled");
        Assert.That(transport.Settled, Does.Contain(with));
        Assert.That(transport.Settled, Is.SubsetOf(transport.InForce));
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

    private sealed class MemberJournal : IRaftTransport
    {
        public ConcurrentQueue<ClusterConfiguration> InForce { get; } = new();

        public ConcurrentQueue<ClusterConfiguration> Settled { get; } = new();

        public void Start(ITransportListener listener)
        {
        }

        public void Send(in Message message)
        {
        }

        public void UpdateMembers(ClusterConfiguration configuration) => InForce.Enqueue(configuration);

        public void SettleMembers(ClusterConfiguration configuration) => Settled.Enqueue(configuration);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
