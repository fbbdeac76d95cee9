using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Core;

/// <summary>Replication, commitment and the conflict search.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ReplicationTests
{
    private static readonly RaftOptions Plain = new() { PreVote = false, CheckQuorum = false };

    /// <summary>
    /// Raft paper, Figure 8: an entry of an earlier term on a majority is committed only together with one of the own term.
    /// </summary>
    [Test]
    public void D1_entries_of_earlier_terms_are_not_committed_by_counting()
    {
        var cluster = new TestCluster(5, Plain);
        cluster[1].WithPast(3, 0, 1, 2);
        cluster[2].WithPast(3, 0, 1, 2);
        cluster[3].WithPast(3, 0, 1);
        cluster[4].WithPast(3, 0, 1);
        cluster[5].WithPast(3, 0, 1, 3);
        cluster.Loses = message => TestCluster.Touches(message, 5) || message is { Type: MessageType.AppendRequest, Entries.Length: 1 };
        cluster[1].Core.Campaign();
        cluster.Settle();
        cluster[1].Step(Ack(from: 2, term: 4, index: 2));
        cluster[1].Step(Ack(from: 3, term: 4, index: 2));
        Assert.That(cluster[1].Core.CommitIndex, Is.Zero);
        cluster[1].Step(Ack(from: 2, term: 4, index: 3));
        Assert.That(cluster[1].Core.CommitIndex, Is.Zero);
        cluster[1].Step(Ack(from: 3, term: 4, index: 3));
        Assert.That(cluster[1].Core.CommitIndex, Is.EqualTo(3));
    }

    [Test]
    public void D2_a_follower_commits_no_further_than_what_it_has_verified()
    {
        TestNode follower = new TestCluster(3, Plain)[1].WithPast(1, 0, 1, 1, 1, 1, 1);
        follower.Step(Append(term: 2, new LogId(1, 2), commit: 5));
        Assert.That(follower.Core.CommitIndex, Is.EqualTo(2));
    }

    [Test]
    public void Of_entries_that_begin_below_the_commit_index_the_new_ones_are_taken()
    {
        TestNode follower = new TestCluster(3, Plain)[1].WithPast(1, 0, 1, 1, 1);
        follower.Step(Append(term: 2, new LogId(1, 3), commit: 3));
        Message answer = follower.Step(
            Append(term: 2, new LogId(1, 1), commit: 3, TestNode.EntryOf(1, 2), TestNode.EntryOf(1, 3), TestNode.EntryOf(2, 4))).Single();
        Assert.That((answer.Reject, answer.LogIndex, follower.Core.LastLogId), Is.EqualTo((false, 4UL, new LogId(2, 4))));
    }

    /// <summary>The others must be read from the storage.</summary>
    [Test]
    public void Entries_in_memory_come_in_one_piece()
    {
        RaftCore core = new TestCluster(3, Plain)[1].WithPast(1, 0, 1, 1).Core;
        core.Step(Append(term: 1, new LogId(1, 2), commit: 5, TestNode.EntryOf(1, 3), TestNode.EntryOf(1, 4), TestNode.EntryOf(1, 5)));
        Assert.That(Cached(3, 5), Is.EqualTo(new ulong[] { 3, 4, 5 }));
        Assert.That(Cached(4, 4), Is.EqualTo(new ulong[] { 4 }));
        Assert.That(Cached(2, 5), Is.Empty, "2 is on the disk only");
        Assert.That(Cached(3, 6), Is.Empty, "there is no 6");
        Assert.That(Cached(5, 4), Is.Empty);

        ulong[] Cached(ulong from, ulong to) => [.. core.CachedEntries(from, to).ToArray().Select(entry => entry.Index)];
    }

    [Test]
    public void A_core_says_what_it_lacks()
    {
        RaftCore core = new TestCluster(3, Plain)[1].Core;
        var disk = new SimulatedDisk(new CommittedHistory());
        Assert.Multiple(() =>
        {
            Assert.That(() => core.TakeReady(null!), Throws.ArgumentNullException);
            Assert.That(() => core.VisitProgress<int>(0, null!), Throws.ArgumentNullException);
            Assert.That(() => core.Bootstrap(null!), Throws.ArgumentNullException);
            Assert.That(() => core.ProposeConfiguration(null!, null, out _), Throws.ArgumentNullException);
            Assert.That(() => core.OnSnapshotSaved(null!), Throws.ArgumentNullException);
            Assert.That(() => core.OnSnapshotStaged(null!), Throws.ArgumentNullException);
            Assert.That(() => Core(null!, Plain, RecoveredState.Empty), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("configuration"));
            Assert.That(() => Core(core.Configuration, null!, RecoveredState.Empty), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("options"));
            Assert.That(() => Core(core.Configuration, Plain, null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("recovered"));
        });

        RaftCore Core(ClusterConfiguration configuration, RaftOptions options, RecoveredState recovered)
            => new(new NodeId(1), configuration, options, recovered, disk, seed: 1);
    }

    [Test]
    public void D8_heartbeats_tell_a_lagging_follower_no_more_than_it_holds()
    {
        var cluster = new TestCluster(3, Plain) { Loses = message => message.To.Value == 3 && message.Type == MessageType.AppendRequest };
        cluster.Elect(1);
        for (int i = 0; i < 100; i++)
        {
            cluster.Propose(1);
        }

        cluster.Settle().Pass(5);
        Assert.That((cluster[1].Core.CommitIndex, cluster[3].Core.CommitIndex), Is.EqualTo((101UL, 0UL)));
        Assert.That(cluster.Sent.Where(m => m.To.Value == 3 && m.Type == MessageType.HeartbeatRequest).Max(m => m.Commit), Is.Zero);
        cluster.Loses = _ => false;
        cluster.Pass(5);
        Assert.That(cluster[3].Core.CommitIndex, Is.EqualTo(101));
    }

    [Test]
    public void D9_a_commit_index_beyond_the_log_is_not_followed()
    {
        TestNode follower = new TestCluster(3, Plain)[1].WithPast(1, 0, 1);
        follower.Step(new Message { Type = MessageType.HeartbeatRequest, From = new NodeId(2), To = follower.Id, Term = 1, Commit = 99 });
        Assert.That(follower.Core.CommitIndex, Is.Zero);
        Assert.That(follower.Step(Append(term: 1, new LogId(1, 50), commit: 99))[0].Reject, Is.True);
    }

    [Test]
    public void D9_an_old_append_below_the_commit_index_is_acknowledged_up_to_there()
    {
        TestNode follower = new TestCluster(3, Plain)[1].WithPast(1, 0, 1, 1, 1);
        follower.Step(Append(term: 1, new LogId(1, 3), commit: 3));
        Message answer = follower.Step(Append(term: 1, new LogId(1, 1), commit: 1, TestNode.EntryOf(1, 2)))[0];
        Assert.That((answer.Reject, answer.LogIndex), Is.EqualTo((false, 3UL)));
    }

    [Test]
    public void D11_a_follower_that_missed_only_the_commit_index_learns_it_with_a_heartbeat()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster.Loses = message => message.To.Value == 3 && message is { Type: MessageType.AppendRequest, Entries.IsEmpty: true };
        LogId id = cluster.Propose(1);
        cluster.Settle();
        Assert.That((cluster[3].Core.LastLogId, cluster[3].Core.CommitIndex), Is.EqualTo((id, id.Index - 1)));
        cluster.Pass(1);
        Assert.That(cluster[3].Core.CommitIndex, Is.EqualTo(id.Index));
    }

    [Test]
    public void D13_entries_that_agree_are_never_removed()
    {
        TestNode follower = new TestCluster(3, Plain)[1].WithPast(1, 0, 1, 1, 1);
        ulong writes = follower.NewestWrite;
        Message answer = follower.Step(Append(term: 1, new LogId(1, 1), commit: 0, TestNode.EntryOf(1, 2)))[0];
        Assert.That((answer.LogIndex, follower.Core.LastLogId.Index, follower.NewestWrite), Is.EqualTo((2UL, 3UL, writes)));
        follower.Step(Append(term: 1, new LogId(1, 1), commit: 0, TestNode.EntryOf(1, 2), TestNode.EntryOf(1, 3), TestNode.EntryOf(1, 4)));
        Assert.That(follower.Core.LastLogId.Index, Is.EqualTo(4));
    }

    [Test]
    public void D13_an_empty_append_behind_a_conflict_is_refused_and_removes_nothing()
    {
        TestNode follower = new TestCluster(3, Plain)[1].WithPast(2, 0, 1, 1, 2);
        Message answer = follower.Step(Append(term: 3, new LogId(1, 3), commit: 0))[0];
        Assert.That((answer.Reject, answer.RejectHint, answer.LogTerm), Is.EqualTo((true, 2UL, 1UL)));
        Assert.That(follower.Core.LastLogId, Is.EqualTo(new LogId(2, 3)));
    }

    [Test]
    public void D16_a_leader_begins_each_term_without_knowing_what_matches()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        for (int i = 0; i < 7; i++)
        {
            cluster.Propose(1);
        }

        cluster.Settle();
        ulong committed = cluster[1].Core.CommitIndex;
        cluster.Elect(3);
        cluster.Loses = message => message.Type == MessageType.AppendResponse;
        cluster[1].Core.Campaign();
        cluster.Settle();
        Assert.That(Progresses(cluster[1]).Select(progress => progress.Match), Is.All.Zero);
        cluster[1].Step(Ack(from: 2, term: 2, index: committed));
        Assert.That(Progresses(cluster[1]).Select(progress => progress.Match), Is.All.Zero, "an acknowledgement of an earlier term");
    }

    [Test]
    public void D18_a_leader_counts_itself_when_durable_and_commits_without_its_own_disk()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster[1].HoldsWrites = true;
        LogId id = cluster.Propose(1);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        cluster.Settle();
        Assert.That(cluster[1].Core.CommitIndex, Is.LessThan(id.Index), "one disk of three");
        cluster.Loses = _ => false;
        cluster.Pass(2);
        Assert.That(cluster[1].Core.CommitIndex, Is.EqualTo(id.Index), "the disks of 2 and 3");
        Assert.That(cluster[1].Applicable, Is.LessThan(id.Index), "nothing is applied that a crash would take back");
        cluster.Post(cluster[1].Persist());
        Assert.That(cluster[1].Applicable, Is.EqualTo(id.Index));
    }

    /// <summary>The seven logs of the Raft paper's Figure 7.</summary>
    [Test]
    public void D21_the_conflict_search_takes_no_more_rounds_than_there_are_terms()
    {
        ulong[][] logs =
        [
            [1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
            [1, 1, 1, 4, 4, 5, 5, 6, 6],
            [1, 1, 1, 4],
            [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
            [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
            [1, 1, 1, 4, 4, 4, 4],
            [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
        ];
        var cluster = new TestCluster(7, Plain);
        for (int i = 0; i < logs.Length; i++)
        {
            cluster[i + 1].WithPast(7, 0, logs[i]);
        }

        cluster.Elect(1);
        foreach (TestNode node in cluster.Nodes)
        {
            Assert.That(node.Core.LastLogId, Is.EqualTo(new LogId(8, 11)));
            Assert.That(node.Disk.Durable.ChainAt(11), Is.EqualTo(cluster[1].Disk.Durable.ChainAt(11)));
            int refusals = cluster.Sent.Count(
                message => message is { Type: MessageType.AppendResponse, Reject: true } && message.From == node.Id);
            Assert.That(refusals, Is.LessThanOrEqualTo(3));
        }
    }

    [Test]
    public void D22_a_message_that_begins_before_the_committed_part_adds_only_what_is_new()
    {
        TestNode follower = new TestCluster(3, Plain)[1].WithPast(1, 0, 1, 1, 1);
        follower.Step(Append(term: 1, new LogId(1, 3), commit: 3));
        Entry[] entries = [.. Enumerable.Range(1, 5).Select(i => TestNode.EntryOf(1, (ulong)i))];
        Message answer = follower.Step(Append(term: 1, default, commit: 3, entries))[0];
        Assert.That((answer.Reject, answer.LogIndex, follower.Core.LastLogId.Index), Is.EqualTo((false, 5UL, 5UL)));
    }

    [Test]
    public void Everything_gathered_between_two_readies_becomes_one_message_and_one_write()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster.Sent.Clear();
        ulong writes = cluster[1].NewestWrite;
        for (int i = 0; i < 100; i++)
        {
            cluster.Propose(1);
        }

        cluster.Post(cluster[1].Drain());
        Assert.That(cluster.Sent.Select(message => message.Entries.Length), Is.EqualTo(new[] { 100, 100 }));
        Assert.That(cluster[1].NewestWrite, Is.EqualTo(writes + 1));
    }

    [Test]
    public void Forwarded_commands_reach_the_log_and_without_a_leader_they_are_refused()
    {
        var cluster = new TestCluster(3, Plain);
        Assert.That(cluster[2].Core.Propose(new byte[1], forward: true, out _), Is.EqualTo(ProposalStatus.NotLeader));
        cluster.Elect(1);
        Assert.That(cluster[2].Core.Propose(new byte[1], forward: false, out _), Is.EqualTo(ProposalStatus.NotLeader));
        Assert.That(cluster[2].Core.Propose(new byte[1], forward: true, out _), Is.EqualTo(ProposalStatus.Forwarded));
        cluster.Settle();
        Assert.That(cluster[1].Core.CommitIndex, Is.EqualTo(2));
    }

    [Test]
    public void Limits_of_entries_and_of_the_uncommitted_tail_hold()
    {
        RaftOptions options = Plain with { MaxEntryBytes = 10, MaxUncommittedBytes = (2 * Entry.Overhead) + 10 };
        var cluster = new TestCluster(3, options).Elect(1);
        RaftCore leader = cluster[1].Core;
        Assert.That(leader.Propose(new byte[11], forward: false, out _), Is.EqualTo(ProposalStatus.TooLarge));
        Assert.That(leader.Propose(new byte[10], forward: false, out _), Is.EqualTo(ProposalStatus.Appended));
        Assert.That(leader.Propose(new byte[1], forward: false, out _), Is.EqualTo(ProposalStatus.UncommittedLimit));
        Assert.That(leader.Propose(default, forward: false, out _), Is.EqualTo(ProposalStatus.Appended));
        cluster.Settle();
        Assert.That(leader.UncommittedBytes, Is.Zero);
    }

    private static List<(ulong Match, ulong Next)> Progresses(TestNode leader)
    {
        var all = new List<(ulong, ulong)>();
        leader.Core.VisitProgress(all, static (list, _, match, next, _) => list.Add((match, next)));
        return all;
    }

    private static Message Ack(ulong from, ulong term, ulong index)
        => new() { Type = MessageType.AppendResponse, From = new NodeId(from), To = new NodeId(1), Term = term, LogIndex = index };

    private static Message Append(ulong term, LogId previous, ulong commit, params Entry[] entries)
        => new()
        {
            Type = MessageType.AppendRequest, From = new NodeId(2), To = new NodeId(1), Term = term,
            LogIndex = previous.Index, LogTerm = previous.Term, Commit = commit, Entries = entries,
        };
}
