using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>What a crash may take, and what it may not.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class DurabilityTests
{
    private static readonly RaftOptions Plain = new() { PreVote = false, CheckQuorum = false };

    [Test]
    public void E1_an_acknowledgement_waits_for_the_write_of_the_entries_that_it_names()
    {
        TestNode follower = new TestCluster(3, Plain)[1];
        follower.HoldsWrites = true;
        Assert.That(follower.Step(Append(from: 2, term: 1, default, TestNode.EntryOf(1, 1), TestNode.EntryOf(1, 2))), Is.Empty);
        Assert.That(follower.Step(Append(from: 3, term: 2, new LogId(1, 1), TestNode.EntryOf(2, 2))), Is.Empty);

        Assert.That(follower.Persist(upTo: 1).Select(Acknowledged), Is.EqualTo(new[] { (2UL, 1UL, 2UL) }));
        Assert.That(follower.Core.StableIndex, Is.EqualTo(1), "the second entry is being replaced");
        Assert.That(follower.Persist(upTo: 2).Select(Acknowledged), Is.EqualTo(new[] { (3UL, 2UL, 2UL) }));
        Assert.That(follower.Core.StableIndex, Is.EqualTo(2));
    }

    [Test]
    public void A_heartbeat_is_answered_as_soon_as_the_term_is_durable()
    {
        TestNode follower = new TestCluster(3, Plain)[1];
        follower.HoldsWrites = true;
        Assert.That(follower.Step(Heartbeat(term: 1)), Is.Empty, "the term is not durable yet");
        Assert.That(follower.Persist(upTo: 1).Select(message => message.Type), Is.EqualTo(new[] { MessageType.HeartbeatResponse }));

        Assert.That(follower.Step(Append(from: 2, term: 1, default, TestNode.EntryOf(1, 1))), Is.Empty, "the entry is not durable yet");
        Assert.That(follower.Step(Heartbeat(term: 1)).Select(message => message.Type), Is.EqualTo(new[] { MessageType.HeartbeatResponse }));

        static Message Heartbeat(ulong term)
            => new() { Type = MessageType.HeartbeatRequest, From = new NodeId(2), To = new NodeId(1), Term = term };
    }

    [Test]
    public void E3_no_crash_leaves_entries_of_a_term_that_the_node_has_forgotten([Range(0, 3)] int completed)
    {
        TestNode follower = new TestCluster(3, Plain)[1];
        follower.HoldsWrites = true;
        follower.Step(Append(from: 2, term: 3, default, TestNode.EntryOf(3, 1)));
        follower.Step(Append(from: 2, term: 3, new LogId(3, 1), TestNode.EntryOf(3, 2)));
        follower.Step(Append(from: 3, term: 7, new LogId(3, 1), TestNode.EntryOf(7, 2)));
        follower.Persist(upTo: (ulong)completed);
        follower.Crash();
        Assert.That(follower.Core.LastLogId.Term, Is.LessThanOrEqualTo(follower.Core.Term));
        Assert.That(follower.Core.LastLogId, Is.EqualTo(new[] { default, new LogId(3, 1), new LogId(3, 2), new LogId(7, 2) }[completed]));
    }

    [Test]
    public void E11_a_single_node_commits_only_what_its_disk_holds()
    {
        TestCluster cluster = new TestCluster(1, Plain).Elect(1);
        cluster[1].HoldsWrites = true;
        LogId id = cluster.Propose(1);
        cluster.Settle();
        Assert.That((cluster[1].Core.CommitIndex, cluster[1].Applicable), Is.EqualTo((id.Index - 1, id.Index - 1)));
        cluster[1].Persist();
        Assert.That((cluster[1].Core.CommitIndex, cluster[1].Applicable), Is.EqualTo((id.Index, id.Index)));
    }

    [Test]
    public void E14_a_write_is_made_for_a_term_a_vote_or_entries_and_not_for_a_commit_index()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        cluster.Propose(1);
        cluster.Settle();
        ulong[] before = [.. cluster.Nodes.Select(node => node.NewestWrite)];
        cluster.Pass(50);
        Assert.That(cluster.Nodes.Select(node => node.NewestWrite), Is.EqualTo(before));
    }

    [Test]
    public void A_node_that_restarts_goes_on_from_its_disk()
    {
        TestCluster cluster = new TestCluster(3, Plain).Elect(1);
        for (int i = 0; i < 20; i++)
        {
            cluster.Propose(1);
        }

        cluster.Settle();
        LogId last = cluster[1].Core.LastLogId;
        foreach (TestNode node in cluster.Nodes)
        {
            node.Crash();
            Assert.That((node.Core.LastLogId, node.Core.Term, node.Core.VotedFor.Value), Is.EqualTo((last, 1UL, 1UL)));
        }

        cluster.Elect(2);
        Assert.That(cluster.Nodes.Select(node => node.Core.CommitIndex), Is.All.EqualTo(last.Index + 1));
    }

    [Test]
    public void A_follower_far_behind_is_fed_from_the_leaders_storage()
    {
        var cluster = new TestCluster(3, Plain with { LogCacheBytes = 0, MaxAppendBytes = 400 }).Elect(1);
        cluster.Loses = message => TestCluster.Touches(message, 3);
        for (int i = 0; i < 2000; i++)
        {
            cluster.Propose(1);
            cluster.Settle();
        }

        Assert.That(cluster[1].Core.CachedEntries(1, 1).IsEmpty, Is.True, "the oldest entries have left the memory");
        cluster.Loses = _ => false;
        cluster.Pass(3);
        Assert.That(cluster[3].Core.CommitIndex, Is.EqualTo(2001));
    }

    private static (ulong To, ulong Term, ulong Index) Acknowledged(Message message) => (message.To.Value, message.Term, message.LogIndex);

    private static Message Append(ulong from, ulong term, LogId previous, params Entry[] entries)
        => new()
        {
            Type = MessageType.AppendRequest, From = new NodeId(from), To = new NodeId(1), Term = term,
            LogIndex = previous.Index, LogTerm = previous.Term, Entries = entries,
        };
}
