using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Replication;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Core;

/// <summary>Windows, probes and what happens when messages do not arrive.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FlowControlTests
{
    private static readonly RaftOptions Plain = new() { PreVote = false, CheckQuorum = false };

    [Test]
    public void I1_a_full_window_of_lost_messages_does_not_stall_replication()
    {
        TestCluster cluster = new TestCluster(3, Plain with { MaxInflightMessages = 3, MaxAppendBytes = 1 }).Elect(1);
        cluster.Loses = message => message.To.Value == 3 && message.Type == MessageType.AppendRequest;
        for (int i = 0; i < 20; i++)
        {
            cluster.Propose(1);
        }

        cluster.Settle();
        Assert.That(
            cluster.Sent.Count(message => message.To.Value == 3 && message.Entries.Length > 0 && message.LogIndex > 0),
            Is.EqualTo(3));
        cluster.Loses = _ => false;
        cluster.Pass(3);
        Assert.That(cluster[3].Core.CommitIndex, Is.EqualTo(21));
    }

    [Test]
    public void I4_a_follower_that_is_probed_recovers_with_a_heartbeat()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster[1].Core.OnUnreachable(new NodeId(2));
        cluster.Loses = message => message.To.Value == 2 && message.Type == MessageType.AppendRequest;
        cluster.Settle();
        Assert.That(StateOf(cluster[1], peer: 2), Is.EqualTo(ProgressState.Probe));
        cluster.Loses = _ => false;
        cluster.Pass(2);
        Assert.That(StateOf(cluster[1], peer: 2), Is.EqualTo(ProgressState.Replicate));
    }

    [Test]
    public void Who_is_no_member_can_not_be_unreachable()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster[1].Core.OnUnreachable(new NodeId(9));
        cluster[2].Core.OnUnreachable(new NodeId(1));
        Assert.That(cluster.Nodes.SelectMany(node => node.Drain()), Is.Empty);
        Assert.That(StateOf(cluster[1], peer: 2), Is.EqualTo(ProgressState.Replicate));
    }

    [Test]
    public void I6_a_peer_that_swallows_everything_does_not_stop_commits()
    {
        TestCluster cluster = new TestCluster(3, Plain with { MaxInflightMessages = 2 }).Elect(1);
        cluster.Loses = message => message.To.Value == 3;
        for (int i = 0; i < 50; i++)
        {
            cluster.Propose(1);
            cluster.Settle();
        }

        Assert.That(cluster[1].Core.CommitIndex, Is.EqualTo(51));
        int toDead = cluster.Sent.Count(message => message.To.Value == 3 && message.Type == MessageType.AppendRequest);
        Assert.That(toDead, Is.LessThan(10));
    }

    [Test]
    public void L5_an_idle_cluster_sends_a_heartbeat_and_an_answer_for_each_follower()
    {
        TestCluster cluster = new TestCluster(5).Elect(1);
        cluster.Pass(5);
        cluster.Sent.Clear();
        cluster.Pass(10);
        Assert.That(cluster.Sent, Has.Count.EqualTo(10 * 2 * 4));
    }

    /// <summary>Found by the simulator: each refusal of a message that was overtaken made the leader send its whole window again.</summary>
    [Test]
    public void L6_messages_that_overtake_each_other_cause_no_storm([Values(1UL, 2UL, 3UL)] ulong seed)
    {
        const int Entries = 400;
        TestCluster cluster = new TestCluster(3, Plain with { MaxAppendBytes = 1 }).Elect(1);
        for (int i = 0; i < Entries; i++)
        {
            cluster.Propose(1);
        }

        int delivered = DeliverShuffled(cluster, new RandomStream(seed), most: 100 * Entries);
        Assert.That(cluster.Nodes.Select(node => node.Core.LastLogId.Index), Is.All.EqualTo(Entries + 1));
        Assert.That(delivered, Is.LessThan(20 * Entries));
    }

    private static int DeliverShuffled(TestCluster cluster, RandomStream random, int most)
    {
        List<Message> underWay = [.. cluster.Nodes.SelectMany(node => node.Drain())];
        int delivered = 0;
        for (; underWay.Count > 0 && delivered < most; delivered++)
        {
            int chosen = random.Below(underWay.Count);
            Message message = underWay[chosen];
            underWay[chosen] = underWay[^1];
            underWay.RemoveAt(underWay.Count - 1);
            underWay.AddRange(cluster[(int)message.To.Value].Step(message));
        }

        return delivered;
    }

    private static ProgressState StateOf(TestNode leader, ulong peer)
    {
        var states = new Dictionary<ulong, ProgressState>();
        leader.Core.VisitProgress(states, static (all, id, _, _, state) => all[id.Value] = state);
        return states[peer];
    }
}
