using System.Text;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;

namespace NexaLoak.Tests.Node;

public sealed class RaftNodeTests
{
    [Test]
    public async Task Commands_are_applied_on_every_node_in_the_same_order()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();

        ProposalResult[] results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => leader.ProposeAsync(NodeCluster.Command($"c{i}")).AsTask()))
            .WaitAsync(Eventually.Limit);

        await Eventually.Holds(() => cluster.Machines.Values.All(machine => machine.Commands.Length == 100), "all commands arrive everywhere");
        string[] expected = cluster.Machines[leader.Id].Commands;
        Assert.That(cluster.Machines.Values.Select(machine => machine.Commands), Is.All.EqualTo(expected));
        Assert.That(results.Select(result => Encoding.UTF8.GetString(result.Reply.Span)), Is.EquivalentTo(Enumerable.Range(1, 100).Select(i => $"{i}")));
    }

    [Test]
    public async Task A_cluster_of_one_commits_by_itself()
    {
        await using var cluster = new NodeCluster(1);
        await cluster.ProposeAsync("alone");
        Assert.That(cluster.Machines[cluster.Ids[0]].Commands, Is.EqualTo(new[] { "alone" }));
    }

    [Test]
    public async Task After_the_leader_stops_another_serves_and_nothing_acknowledged_is_lost()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("before");
        RaftNode first = await cluster.LeaderAsync();

        await cluster.StopAsync(first.Id);
        await cluster.ProposeAsync("between");
        cluster.Start(first.Id);
        await cluster.ProposeAsync("after");

        await cluster.AllHaveApplied("after");
        Assert.That(cluster.Machines.Values.Select(machine => machine.Commands.Distinct()), Is.All.EqualTo(new[] { "before", "between", "after" }));
    }

    [Test]
    public async Task K1_a_restarted_node_applies_its_log_again()
    {
        await using var cluster = new NodeCluster(3);
        for (int i = 0; i < 1500; i += 100)
        {
            RaftNode leader = await cluster.LeaderAsync();
            await Task.WhenAll(Enumerable.Range(i, 100).Select(n => leader.ProposeAsync(NodeCluster.Command($"c{n}")).AsTask())).WaitAsync(Eventually.Limit);
        }

        NodeId restarted = cluster.Ids[1];
        await cluster.StopAsync(restarted);
        cluster.Start(restarted);
        await cluster.ProposeAsync("end");
        await cluster.AllHaveApplied("end");
        Assert.That(cluster.Machines[restarted].Commands, Is.EqualTo(cluster.Machines[cluster.Ids[0]].Commands));
    }

    [Test]
    public async Task A_linearizable_read_is_served_by_every_node_and_one_on_the_leader_by_it_alone()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("x");
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode follower = cluster.Nodes.First(node => node.Id != leader.Id);

        await leader.ReadBarrierAsync(ReadConsistency.Linearizable).AsTask().WaitAsync(Eventually.Limit);
        Assert.That(cluster.Machines[leader.Id].Commands, Is.EqualTo(new[] { "x" }));
        await follower.ReadBarrierAsync(ReadConsistency.Linearizable).AsTask().WaitAsync(Eventually.Limit);
        Assert.That(cluster.Machines[follower.Id].Commands, Is.EqualTo(new[] { "x" }));

        await leader.ReadBarrierAsync(ReadConsistency.Leader).AsTask().WaitAsync(Eventually.Limit);
        var refusal = await Assert.ThrowsAsync<NotLeaderException>(() => follower.ReadBarrierAsync(ReadConsistency.Leader).AsTask());
        Assert.That(refusal!.Leader, Is.EqualTo(leader.Id));
        await Assert.DoesNotThrowAsync(() => follower.ReadBarrierAsync(ReadConsistency.Stale).AsTask());
    }

    [Test]
    public async Task I9_a_leader_without_a_majority_steps_down_and_ends_every_wait()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("x");
        RaftNode leader = await cluster.LeaderAsync();

        cluster.Network.Isolate(leader.Id, cluster.Ids);
        Task proposal = leader.ProposeAsync(NodeCluster.Command("lost?")).AsTask();
        Task read = leader.ReadBarrierAsync(ReadConsistency.Linearizable).AsTask();

        await Assert.ThrowsAsync<OutcomeUnknownException>(() => proposal.WaitAsync(Eventually.Limit));
        await Assert.ThrowsAsync<NotLeaderException>(() => read.WaitAsync(Eventually.Limit));
        await Eventually.Holds(() => leader.Status.Role != Role.Leader, "the isolated leader steps down");
        Assert.That((await cluster.LeaderAsync()).Id, Is.Not.EqualTo(leader.Id));

        cluster.Network.Heal();
        await cluster.ProposeAsync("y");
        await cluster.AllHaveApplied("y");
        Assert.That(cluster.Machines.Values.Select(machine => machine.Commands), Is.All.EqualTo(cluster.Machines[leader.Id].Commands));
    }

    [Test]
    public async Task A_follower_passes_commands_on_to_the_leader()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode follower = cluster.Nodes.First(node => node.Id != leader.Id);

        await Assert.ThrowsAsync<NotLeaderException>(() => follower.ProposeAsync(NodeCluster.Command("direct")).AsTask());
        Assert.That(follower.TryForward(NodeCluster.Command("passed on")), Is.True);
        await cluster.AllHaveApplied("passed on");
    }

    [Test]
    public async Task J1_an_exception_of_the_state_machine_stops_the_node_and_ends_every_wait()
    {
        await using var cluster = new NodeCluster(1);
        RaftNode node = await cluster.LeaderAsync();
        cluster.Machines[node.Id].BeforeApply = command =>
        {
            if (command == "poison")
            {
                throw new InvalidOperationException("bad command");
            }
        };

        Task proposal = node.ProposeAsync(NodeCluster.Command("poison")).AsTask();

        await Assert.ThrowsAsync<OutcomeUnknownException>(() => proposal.WaitAsync(Eventually.Limit));
        var stopped = await Assert.ThrowsAsync<RaftStoppedException>(() => node.Completion.WaitAsync(Eventually.Limit));
        Assert.That(stopped!.InnerException, Is.TypeOf<InvalidOperationException>());
        Assert.That(node.Status.Failure, Is.TypeOf<InvalidOperationException>());
        await Assert.ThrowsAsync<RaftStoppedException>(() => node.ProposeAsync(NodeCluster.Command("late")).AsTask());
        await Assert.ThrowsAsync<RaftStoppedException>(() => node.ReadBarrierAsync(ReadConsistency.Linearizable).AsTask());
    }

    [Test]
    public async Task I10_a_slow_state_machine_causes_no_election()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        ulong term = leader.Status.Term;
        using var gate = new ManualResetEventSlim();
        foreach (JournalMachine machine in cluster.Machines.Values)
        {
            machine.BeforeApply = command =>
            {
                if (command == "slow")
                {
                    gate.Wait(Eventually.Limit);
                }
            };
        }

        Task<ProposalResult> proposal = leader.ProposeAsync(NodeCluster.Command("slow")).AsTask();
        ulong ticksBefore = leader.Status.LastIndex;
        await Eventually.Holds(() => leader.Status.LeadingFor > TimeSpan.FromSeconds(4), "ten election timeouts pass");
        Assert.That(leader.Status, Has.Property(nameof(RaftStatus.Term)).EqualTo(term).And.Property(nameof(RaftStatus.Role)).EqualTo(Role.Leader));
        Assert.That(proposal.IsCompleted, Is.False);
        gate.Set();
        Assert.That((await proposal.WaitAsync(Eventually.Limit)).Index, Is.GreaterThanOrEqualTo(ticksBefore));
    }

    [Test]
    public async Task Stopping_a_node_ends_every_wait()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        cluster.Network.Isolate(leader.Id, cluster.Ids);
        Task proposal = leader.ProposeAsync(NodeCluster.Command("x")).AsTask();
        await leader.StopAsync();

        await Assert.ThrowsAsync<OutcomeUnknownException>(() => proposal.WaitAsync(Eventually.Limit));
        Assert.That(leader.Completion.IsCompletedSuccessfully, Is.True);
        await Assert.ThrowsAsync<RaftStoppedException>(() => leader.ProposeAsync(NodeCluster.Command("late")).AsTask());
    }

    [Test]
    public async Task A_leader_that_stops_hands_over_without_an_election_timeout()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("before");
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode[] others = [.. cluster.Nodes.Where(node => node != leader)];
        ulong term = leader.Status.Term;

        await cluster.StopAsync(leader.Id);

        Assert.That(others.Select(node => node.Status.Term), Is.All.EqualTo(term + 1), "the successor was elected before the stop ended");
        await cluster.ProposeAsync("after");
    }

    [Test]
    public async Task Leadership_goes_to_the_node_that_is_named()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode target = cluster.Nodes.Last(node => node != leader);

        await leader.TransferLeadershipAsync(target.Id).AsTask().WaitAsync(Eventually.Limit);

        await Eventually.Holds(() => target.Status.Role == Role.Leader, "the target leads");
        await Assert.ThrowsAsync<NotLeaderException>(() => leader.TransferLeadershipAsync().AsTask());
        await Assert.ThrowsAsync<LeadershipTransferException>(() => target.TransferLeadershipAsync(target.Id).AsTask());
    }

    [Test]
    public async Task A_transfer_to_a_node_that_is_cut_off_ends_and_the_leader_leads_on()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("before");
        RaftNode leader = await cluster.LeaderAsync();
        NodeId target = cluster.Ids.First(id => id != leader.Id);
        cluster.Network.Isolate(target, cluster.Ids);

        await Assert.ThrowsAsync<LeadershipTransferException>(() => leader.TransferLeadershipAsync(target).AsTask().WaitAsync(Eventually.Limit));
        await leader.ProposeAsync(NodeCluster.Command("after")).AsTask().WaitAsync(Eventually.Limit);
    }

    [Test]
    public async Task A_command_over_the_limit_is_refused()
    {
        await using var cluster = new NodeCluster(1);
        RaftNode leader = await cluster.LeaderAsync();
        var refusal = await Assert.ThrowsAsync<ProposalDroppedException>(() => leader.ProposeAsync(new byte[(1 << 20) + 1]).AsTask());
        Assert.That(refusal!.Reason, Is.EqualTo(ProposalStatus.TooLarge));
    }
}
