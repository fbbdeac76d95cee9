using System.Diagnostics;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Events;
using Raft.Core.Storage;
using Raft.Core.Transport;

namespace NexaLoak.Tests.Node;

/// <summary>Failures of other Raft runtimes, replayed on ours; the names start with the case.</summary>
internal sealed class NodePitfallTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    [Test]
    public async Task I7_a_leader_whose_disk_hangs_gives_leadership_up_and_gets_well_again()
    {
        await using var cluster = new NodeCluster(3, configure: options => options with { MaxWriteStallTicks = 20 });
        await cluster.ProposeAsync("before");
        RaftNode leader = await cluster.LeaderAsync();
        cluster.Storages[leader.Id].Hang();
        Task<ProposalResult> proposal = leader.ProposeAsync(NodeCluster.Command("caught")).AsTask();

        await Eventually.Holds(() => leader.Status is { Role: not Role.Leader, IsStorageStalled: true }, "it leads no more");
        await cluster.ProposeAsync("between");
        Assert.That((await cluster.LeaderAsync()).Id, Is.Not.EqualTo(leader.Id));
        Assert.That(RaftHealth.Evaluate(leader.Status).State, Is.Not.EqualTo(RaftHealthState.Healthy));

        cluster.Storages[leader.Id].Release();
        await cluster.AllHaveApplied("between");
        await Eventually.Holds(() => !leader.Status.IsStorageStalled, "its disk is back");
        await Task.WhenAny(proposal).WaitAsync(Eventually.Limit);
    }

    [Test]
    public async Task I7_a_leader_whose_disk_hangs_steps_down_when_nobody_can_take_over()
    {
        await using var cluster = new NodeCluster(1, configure: options => options with { MaxWriteStallTicks = 5 });
        RaftNode node = await cluster.LeaderAsync();
        IAsyncEnumerator<RaftEvent> events = node.WatchAsync().GetAsyncEnumerator();
        ValueTask<bool> first = events.MoveNextAsync();
        cluster.Storages[node.Id].Hang();
        Task proposal = node.ProposeAsync(NodeCluster.Command("caught")).AsTask();

        Assert.That(await first.AsTask().WaitAsync(Eventually.Limit) && events.Current is SteppedDown { Reason: StepDownReason.StorageStalled }, Is.True);
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => proposal.WaitAsync(Eventually.Limit));
        cluster.Storages[node.Id].Release();
        await cluster.ProposeAsync("after");
        await events.DisposeAsync();
    }

    [Test]
    public async Task I8_a_node_whose_state_machine_throws_leads_no_more()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        ThrowOn(cluster.Machines[leader.Id], "poison");
        await Assert.CatchAsync(() => leader.ProposeAsync(NodeCluster.Command("poison")).AsTask().WaitAsync(Eventually.Limit));
        await Assert.ThrowsAsync<RaftStoppedException>(() => leader.Completion.WaitAsync(Eventually.Limit));

        RaftNode[] others = [.. cluster.Nodes.Where(node => node != leader)];
        await Eventually.Holds(() => others.Any(node => node.Status.Role == Role.Leader), "another leads");
        RaftNode successor = others.First(node => node.Status.Role == Role.Leader);
        await successor.ProposeAsync(NodeCluster.Command("after")).AsTask().WaitAsync(Eventually.Limit);
        Assert.That((leader.Status.IsStopped, RaftHealth.Evaluate(leader.Status).State), Is.EqualTo((true, RaftHealthState.Unhealthy)));
    }

    [Test]
    public async Task I9_every_proposal_ends_when_the_majority_is_lost_for_good()
    {
        await using var cluster = new NodeCluster(3);
        RaftNode leader = await cluster.LeaderAsync();
        Task[] proposals = [.. Enumerable.Range(0, 500).Select(i => leader.ProposeAsync(NodeCluster.Command($"c{i}")).AsTask())];
        cluster.Network.Isolate(leader.Id, cluster.Ids);
        Task[] late = [.. Enumerable.Range(0, 500).Select(i => leader.ProposeAsync(NodeCluster.Command($"d{i}")).AsTask())];
        await Task.WhenAll(proposals.Concat(late)).WaitAsync(Eventually.Limit).ContinueWith(_ => { }, TaskScheduler.Default);

        Exception?[] failures = [.. proposals.Concat(late).Where(task => !task.IsCompletedSuccessfully).Select(task => task.Exception?.InnerException)];
        Assert.That(failures, Is.All.TypeOf<NotLeaderException>().Or.TypeOf<OutcomeUnknownException>());
    }

    [Test]
    public async Task I11_commits_go_on_with_two_of_five_dead()
    {
        await using var cluster = new NodeCluster(5);
        RaftNode leader = await cluster.LeaderAsync();
        foreach (NodeId id in cluster.Ids.Where(id => id != leader.Id).Take(2))
        {
            await cluster.StopAsync(id);
        }

        ulong term = leader.Status.Term;
        for (int i = 0; i < 200; i++)
        {
            await leader.ProposeAsync(NodeCluster.Command($"c{i}")).AsTask().WaitAsync(Eventually.Limit);
        }

        Assert.That((leader.Status.Role, leader.Status.Term), Is.EqualTo((Role.Leader, term)));
        await cluster.AllHaveApplied("c199");
    }

    [Test]
    public async Task I14_proposals_from_inside_apply_and_from_continuations_do_not_deadlock_a_mailbox_of_one()
    {
        await using var cluster = new NodeCluster(1, configure: options => options with { MailboxCapacity = 1 });
        RaftNode node = await cluster.LeaderAsync();
        List<Task<ProposalResult>> nested = [];
        cluster.Machines[node.Id].BeforeApply = command =>
        {
            for (int i = 0; command.StartsWith("outer", StringComparison.Ordinal) && i < 10; i++)
            {
                nested.Add(node.ProposeAsync(NodeCluster.Command("inner")).AsTask());
            }
        };

        for (int i = 0; i < 50; i++)
        {
            await node.ProposeAsync(NodeCluster.Command($"outer{i}")).AsTask().WaitAsync(Eventually.Limit).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await Task.WhenAll(nested).WaitAsync(Eventually.Limit).ContinueWith(_ => { }, TaskScheduler.Default);
        ProposalStatus?[] refusals = [.. nested.Where(task => !task.IsCompletedSuccessfully)
            .Select(task => (task.Exception?.InnerException as ProposalDroppedException)?.Reason)];
        Assert.That(nested, Is.Not.Empty);
        Assert.That(refusals, Is.All.EqualTo(ProposalStatus.Overloaded));
        Task<bool> IsTakenAsync() => node.ProposeAsync(NodeCluster.Command("after")).AsTask()
            .ContinueWith(task => task.IsCompletedSuccessfully, TaskScheduler.Default);
        await Eventually.HoldsAsync(IsTakenAsync, "the node takes proposals");
    }

    [Test]
    public async Task J3_nothing_is_applied_that_is_not_durable_here()
    {
        await using var cluster = new NodeCluster(3, configure: options => options with { MaxWriteStallTicks = int.MaxValue });
        await cluster.ProposeAsync("before");
        RaftNode leader = await cluster.LeaderAsync();
        ulong applied = leader.Status.AppliedIndex;
        cluster.Storages[leader.Id].Hang();
        Task<ProposalResult> proposal = leader.ProposeAsync(NodeCluster.Command("x")).AsTask();

        await Eventually.Holds(() => leader.Status.CommitIndex > applied, "the others commit it");
        NodeId[] others = [.. cluster.Ids.Where(id => id != leader.Id)];
        await Eventually.Holds(() => others.All(id => cluster.Machines[id].Commands.Contains("x")), "the others apply it");
        Assert.That((leader.Status.AppliedIndex, proposal.IsCompleted), Is.EqualTo((applied, false)));
        cluster.Storages[leader.Id].Release();
        Assert.That((await proposal.WaitAsync(Eventually.Limit)).Index, Is.GreaterThan(applied));
    }

    [TestCase("leader")]
    [TestCase("follower")]
    [TestCase("candidate without a majority")]
    [TestCase("leader without a majority")]
    [TestCase("storage hangs")]
    [TestCase("apply hangs")]
    [TestCase("stopped before")]
    public async Task K2_a_node_stops_within_a_second_in_any_state(string state)
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("x");
        RaftNode leader = await cluster.LeaderAsync();
        RaftNode node = state is "follower" or "candidate without a majority" ? cluster.Nodes.First(other => other != leader) : leader;
        using var gate = new ManualResetEventSlim();
        Task? proposal = null;
        switch (state)
        {
            case "candidate without a majority":
                cluster.Network.Isolate(node.Id, cluster.Ids);
                await Eventually.Holds(() => node.Status.Role == Role.PreCandidate, "it campaigns");
                break;
            case "leader without a majority":
                cluster.Network.Isolate(node.Id, cluster.Ids);
                proposal = node.ProposeAsync(NodeCluster.Command("y")).AsTask();
                break;
            case "storage hangs":
                cluster.Storages[node.Id].Hang();
                proposal = node.ProposeAsync(NodeCluster.Command("y")).AsTask();
                break;
            case "apply hangs":
                using (var inside = new ManualResetEventSlim())
                {
                    cluster.Machines[node.Id].BeforeApply = _ =>
                    {
                        inside.Set();
                        gate.Wait(Eventually.Limit);
                    };
                    proposal = node.ProposeAsync(NodeCluster.Command("y")).AsTask();
                    Assert.That(inside.Wait(Eventually.Limit), Is.True);
                }

                break;
            case "stopped before":
                await node.StopAsync();
                break;
            default:
                break;
        }

        long began = Stopwatch.GetTimestamp();
        await node.StopAsync().WaitAsync(Eventually.Limit);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        await (proposal ?? Task.CompletedTask).WaitAsync(Eventually.Limit).ContinueWith(_ => { }, TaskScheduler.Default);
        gate.Set();
        cluster.Storages[node.Id].Release();
        Assert.That(took, Is.LessThan(2 * OneSecond), "twice the bound, for a busy machine");
        Assert.That((node.Status.IsStopped, proposal?.IsCompleted ?? true), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task K2_a_node_that_was_never_started_stops()
    {
        await using var storage = new MemoryStorage();
        var options = new RaftNodeOptions { Id = new NodeId(1), Configuration = new ClusterConfiguration([new NodeId(1)]) };
        await using var node = new RaftNode(options, storage, new InMemoryNetwork().CreateTransport(options.Id), new JournalMachine());
        await node.StopAsync();
        Assert.That(node.Completion.IsCompletedSuccessfully, Is.True);
        await Assert.ThrowsAsync<RaftStoppedException>(() => node.ProposeAsync(NodeCluster.Command("x")).AsTask());
    }

    [Test]
    public async Task K4_messages_of_a_stranger_in_this_term_change_nothing()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("before");
        RaftNode leader = await cluster.LeaderAsync();
        (ulong term, ulong last) = (leader.Status.Term, leader.Status.LastIndex);
        foreach (MessageType type in new[] { MessageType.AppendResponse, MessageType.HeartbeatResponse, MessageType.VoteResponse, MessageType.VoteRequest })
        {
            Deliver(cluster, leader.Id, type, term, last + 100, from: new NodeId(99));
        }

        await cluster.ProposeAsync("after");
        await cluster.AllHaveApplied("after");
        Assert.That((leader.Status.Role, leader.Status.Term), Is.EqualTo((Role.Leader, term)));
        Assert.That(leader.Status.Peers.Select(peer => peer.Id), Is.EqualTo(cluster.Ids.Where(id => id != leader.Id)));
    }

    [Test]
    public async Task K5_messages_with_absurd_numbers_and_kinds_change_nothing()
    {
        await using var cluster = new NodeCluster(3);
        await cluster.ProposeAsync("before");
        RaftNode leader = await cluster.LeaderAsync();
        ulong term = leader.Status.Term;
        NodeId peer = cluster.Ids.First(id => id != leader.Id);
        foreach (MessageType type in Enum.GetValues<MessageType>().Append((MessageType)200))
        {
            foreach (NodeId to in cluster.Ids.Where(id => id != peer))
            {
                Deliver(cluster, to, type, ulong.MaxValue, 1, peer);
                Deliver(cluster, to, type, term, ulong.MaxValue, peer);
            }
        }

        await cluster.ProposeAsync("after");
        await cluster.AllHaveApplied("after");
        Assert.That(cluster.Nodes.Select(node => node.Status.Term), Is.All.EqualTo(term));
        Assert.That(cluster.Nodes.Select(node => node.Status.Failure), Is.All.Null);
    }

    private static void ThrowOn(JournalMachine machine, string poison) => machine.BeforeApply = command =>
    {
        if (command == poison)
        {
            throw new InvalidOperationException("bad command");
        }
    };

    private static void Deliver(NodeCluster cluster, NodeId to, MessageType type, ulong term, ulong index, NodeId from)
    {
        IRaftTransport stranger = cluster.Network.CreateTransport(new NodeId(99));
        var message = new Message { Type = type, From = from, To = to, Term = term, LogIndex = index, LogTerm = term, Commit = index };
        stranger.Send(message);
    }
}
