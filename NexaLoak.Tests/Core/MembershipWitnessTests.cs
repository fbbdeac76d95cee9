using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

/// <summary>Voters that store no commands.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MembershipWitnessTests
{
    private static readonly RaftOptions Defaults = new();

    [Test]
    public void A_witness_gets_everything_but_the_commands()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 w3")).Elect(1);
        Assert.That(cluster[1].Core.Propose(new byte[1000], forward: false, out LogId command), Is.EqualTo(ProposalStatus.Appended));
        LogId change = cluster.Change(1, Change("l4"));
        cluster.Settle();
        Assert.That(cluster[3].Core.LastLogId, Is.EqualTo(change));
        Assert.That(Enumerable.Range(1, 4).Select(index => cluster[3].Disk.Durable[(ulong)index].Entry.Type), Is.EqualTo(new[]
        {
            EntryType.Configuration, EntryType.NoOp, EntryType.Withheld, EntryType.Configuration,
        }));
        Entry withheld = cluster[3].Disk.Durable[command.Index].Entry;
        Assert.That((withheld.Id, withheld.Payload.Length), Is.EqualTo((command, 0)));
        Assert.That(cluster[2].Disk.Durable[command.Index].Entry.Payload.Length, Is.EqualTo(1000));
        Assert.That(cluster[3].Core.Configuration, Is.EqualTo(Members("v1 v2 w3 l4")));
    }

    [Test]
    public void A_witness_makes_the_quorum_of_a_leader_whose_other_voter_is_away()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 w3")).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 2);
        LogId command = cluster.Propose(1);
        cluster.Pass(5 * Defaults.ElectionTicks);
        Assert.That((cluster[1].Core.Role, cluster[1].Core.CommitIndex), Is.EqualTo((Role.Leader, command.Index)));
    }

    [Test]
    public void A_witness_votes_and_never_campaigns()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 w3")).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 1);
        cluster[3].Tick(10 * Defaults.ElectionTicks);
        cluster[3].Core.Campaign();
        Assert.That(cluster[3].Drain(), Is.Empty);
        cluster[3].Step(new Message { Type = MessageType.TimeoutNowRequest, From = new NodeId(1), To = new NodeId(3), Term = 2, LogIndex = 1, LogTerm = 1 });
        Assert.That(cluster[3].Core.Role, Is.EqualTo(Role.Follower));
        cluster.Pass(60, until: () => cluster[2].Core.Role == Role.Leader);
        Assert.That(cluster[2].Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void A_witness_is_no_target_of_a_transfer()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 w3")).Elect(1);
        Assert.That(cluster[1].Core.TransferLeadership(new NodeId(3)), Is.EqualTo(TransferStatus.NoTarget));
        cluster.Loses = message => TestCluster.Touches(message, 2);
        cluster.Propose(1);
        cluster.Settle();
        Assert.That(cluster[1].Core.TransferLeadership(NodeId.None), Is.EqualTo(TransferStatus.Started));
        Assert.That(cluster[1].Core.TransferTarget.Value, Is.EqualTo(2), "although the witness is more up to date");
    }

    [Test]
    public void Nothing_is_committed_by_witnesses_alone()
    {
        TestCluster cluster = new TestCluster(Members("v1 w2 w3")).Elect(1);
        ulong before = cluster[1].Core.CommitIndex;
        cluster[1].HoldsWrites = true;
        LogId command = cluster.Propose(1);
        cluster.Settle();
        Assert.That((cluster[2].Core.LastLogId.Index, cluster[3].Core.LastLogId.Index, cluster[1].Core.CommitIndex), Is.EqualTo((before, before, before)));
        cluster.Post(cluster[1].Persist());
        cluster.Settle();
        Assert.That(cluster[1].Core.CommitIndex, Is.EqualTo(command.Index));
    }

    [Test]
    public void A_leader_that_lost_what_was_not_durable_still_gets_the_vote_of_its_witness()
    {
        TestCluster cluster = new TestCluster(Members("v1 w2")).Elect(1);
        cluster[1].HoldsWrites = true;
        cluster.Propose(1);
        cluster.Settle();
        cluster[1].Crash().HoldsWrites = false;
        cluster.Pass(60, until: () => cluster[1].Core.Role == Role.Leader);
        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Leader));
    }

    [Test]
    public void The_only_full_voter_is_not_replaced_before_its_successor_has_everything()
    {
        TestCluster cluster = new TestCluster(Members("v1 w2 w3")).Elect(1);
        LogId command = cluster.Propose(1);
        cluster.Settle();
        cluster.Change(1, Change("r1 v4"));
        cluster.Pass(3 * Defaults.ElectionTicks);
        Assert.That((cluster[1].Core.Configuration.IsJoint, cluster[1].Core.IsConfigurationCommitted), Is.EqualTo((true, false)));

        cluster.Join(4);
        cluster.Pass(3);
        Assert.That((cluster.Leader?.Id.Value, cluster[4].Core.Configuration), Is.EqualTo((4UL, Members("v4 w2 w3"))));
        Assert.That(cluster[4].Disk.Durable[command.Index].Entry.Type, Is.EqualTo(EntryType.Command));
    }

    [Test]
    public void A_witness_that_leaves_gets_no_commands_on_its_way_out()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 w3")).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster.Change(1, Change("r3"));
        cluster.Settle();
        LogId command = cluster.Propose(1);
        cluster.Loses = _ => false;
        cluster.Pass(3);
        Assert.That((cluster[3].Core.Configuration, cluster[3].Disk.Durable[command.Index].Entry.Type), Is.EqualTo((Members("v1 v2"), EntryType.Withheld)));
    }

    [Test]
    public void What_is_under_way_to_a_witness_is_counted_without_the_commands()
    {
        var options = new RaftOptions { MaxAppendBytes = 2000, MaxInflightBytes = 2000 };
        TestCluster cluster = new TestCluster(Members("v1 v2 w3"), options).Elect(1);
        cluster.Loses = message => message.Type == MessageType.AppendResponse;
        for (int i = 0; i < 10; i++)
        {
            cluster[1].Core.Propose(new byte[1000], forward: false, out _);
        }

        cluster.Settle();
        Assert.That((cluster[2].Core.LastLogId.Index, cluster[3].Core.LastLogId.Index), Is.EqualTo((4UL, cluster[1].Core.LastLogId.Index)));
    }

    [Test]
    public void No_more_is_under_way_to_a_witness_than_the_window_has_bytes()
    {
        var options = new RaftOptions { MaxAppendBytes = 1, MaxInflightBytes = 3 * Entry.Overhead };
        TestCluster cluster = new TestCluster(Members("v1 v2 w3"), options).Elect(1);
        ulong before = cluster[3].Core.LastLogId.Index;
        cluster.Loses = message => message.Type == MessageType.AppendResponse;
        for (int i = 0; i < 10; i++)
        {
            cluster.Propose(1);
        }

        cluster.Settle();
        Assert.That(cluster[3].Core.LastLogId.Index, Is.EqualTo(before + 3));
    }

    /// <summary>Its removal was not committed when the leader was elected that then commits it.</summary>
    [Test]
    public void A_witness_that_leaves_gets_no_commands_from_the_next_leader_either()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 w3")).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 3)
            || (message.Type == MessageType.AppendResponse && !cluster[1].Core.Configuration.IsJoint);
        cluster.Change(1, Change("r3"));
        cluster.Settle();
        Assert.That((cluster[1].Core.Configuration, cluster[1].Core.IsConfigurationCommitted), Is.EqualTo((Members("v1 v2"), false)));

        ulong higher = cluster[1].Core.Term + 1;
        cluster[1].Step(new Message { Type = MessageType.HeartbeatResponse, From = new NodeId(2), To = new NodeId(1), Term = higher, Reject = true });
        cluster[2].Core.ForgetLeader();
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster[1].Core.Campaign();
        cluster.Settle();
        LogId command = cluster.Propose(1);
        cluster.Loses = _ => false;
        cluster.Pass(3);
        Assert.That(cluster[3].Disk.Durable[command.Index].Entry.Type, Is.EqualTo(EntryType.Withheld));
    }

    [Test]
    public void A_witness_passes_proposals_on_like_a_follower()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 w3")).Elect(1);
        Assert.That(cluster[3].Core.Propose(new byte[1], forward: false, out _), Is.EqualTo(ProposalStatus.NotLeader));
        Assert.That(cluster[3].Core.Propose(new byte[1], forward: true, out _), Is.EqualTo(ProposalStatus.Forwarded));
        cluster.Settle();
        Assert.That(cluster[2].Disk.Durable[cluster[2].Core.LastLogId.Index].Entry.Type, Is.EqualTo(EntryType.Command));
    }
}
