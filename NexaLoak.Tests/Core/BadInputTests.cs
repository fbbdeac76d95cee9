using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Core;

/// <summary>Messages that no sound peer sends: ignored, without an exception.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class BadInputTests
{
    private static readonly ulong[] Numbers =
        [0, 1, 2, 3, 4, 1000, RaftCore.MaxTerm, RaftCore.MaxTerm + 1, ulong.MaxValue - 1, ulong.MaxValue];

    private static IEnumerable<TestCaseData> Malformed()
    {
        var append = new Message
        {
            Type = MessageType.AppendRequest, From = new NodeId(2), To = new NodeId(1), Term = 9, LogIndex = 2, LogTerm = 1,
        };
        yield return new TestCaseData(append with { Term = 0 }).SetArgDisplayNames("no term");
        yield return new TestCaseData(append with { Term = RaftCore.MaxTerm + 1 }).SetArgDisplayNames("absurd term");
        yield return new TestCaseData(append with { LogIndex = ulong.MaxValue }).SetArgDisplayNames("absurd index");
        yield return new TestCaseData(append with { To = new NodeId(3) }).SetArgDisplayNames("for somebody else");
        yield return new TestCaseData(append with { From = new NodeId(1) }).SetArgDisplayNames("from itself");
        yield return new TestCaseData(append with { From = default }).SetArgDisplayNames("from nobody");
        yield return new TestCaseData(append with { Type = MessageType.None }).SetArgDisplayNames("no type");
        yield return new TestCaseData(append with { Type = (MessageType)200 }).SetArgDisplayNames("unknown type");
        yield return new TestCaseData(append with { Entries = new[] { TestNode.EntryOf(1, 4) } })
            .SetArgDisplayNames("gap before the entries");
        yield return new TestCaseData(append with { Entries = new[] { TestNode.EntryOf(1, 3), TestNode.EntryOf(1, 5) } })
            .SetArgDisplayNames("gap in the entries");
        yield return new TestCaseData(append with { Entries = new[] { TestNode.EntryOf(2, 3), TestNode.EntryOf(1, 4) } })
            .SetArgDisplayNames("falling terms");
        yield return new TestCaseData(append with { Entries = new[] { TestNode.EntryOf(10, 3) } })
            .SetArgDisplayNames("entry of a later term");
        yield return new TestCaseData(append with { LogIndex = ulong.MaxValue, Entries = new[] { TestNode.EntryOf(1, 0) } })
            .SetArgDisplayNames("indexes wrap around");
    }

    [TestCaseSource(nameof(Malformed))]
    public void Malformed_messages_change_nothing(Message message)
    {
        TestNode node = new TestCluster(3)[1].WithPast(1, 0, 1, 1, 1);
        Assert.That(node.Step(message), Is.Empty);
        Assert.That((node.Core.Term, node.Core.Leader, node.Core.LastLogId), Is.EqualTo((1UL, NodeId.None, new LogId(1, 3))));
    }

    /// <summary>The highest term and index that there are count as any other.</summary>
    [Test]
    public void The_highest_term_and_index_are_no_damage()
    {
        const ulong highest = RaftCore.MaxTerm;
        var append = new Message
        {
            Type = MessageType.AppendRequest, From = new NodeId(2), To = new NodeId(1), Term = highest, LogTerm = 1,
        };
        Entry last = new(1, highest, EntryType.Command, default);
        foreach (Message message in new[] { append with { LogIndex = highest }, append with { LogIndex = highest - 1, Entries = new[] { last } } })
        {
            TestNode node = new TestCluster(3)[1].WithPast(1, 0, 1);
            Assert.That(node.Step(message).Single().Reject, Is.True, "there is a gap before it");
            Assert.That((node.Core.Term, node.Core.Leader.Value), Is.EqualTo((highest, 2UL)));
        }
    }

    /// <summary>What queues and limits are told.</summary>
    [Test]
    public void A_message_is_as_large_as_its_entries_together()
    {
        Entry[] entries = [TestNode.EntryOf(1, 1), TestNode.EntryOf(1, 2)];
        var append = new Message { Type = MessageType.AppendRequest, From = new NodeId(2), To = new NodeId(1), Entries = entries };
        Assert.That(append.EntriesSize, Is.EqualTo(2 * (Entry.Overhead + 2)));
        Assert.That(new RaftOptions().LogCacheBytes, Is.EqualTo(16_777_216), "16 MiB");
    }

    [Test]
    public void Answers_of_strangers_count_for_nothing()
    {
        TestCluster cluster = new TestCluster(3, new RaftOptions { PreVote = false }).Elect(1);
        ulong committed = cluster[1].Core.CommitIndex;
        LogId id = cluster.Propose(1);
        cluster[1].Drain();
        foreach (MessageType type in new[] { MessageType.AppendResponse, MessageType.HeartbeatResponse, MessageType.VoteResponse })
        {
            cluster[1].Step(new Message { Type = type, From = new NodeId(99), To = new NodeId(1), Term = 1, LogIndex = id.Index });
        }

        Assert.That((cluster[1].Core.CommitIndex, cluster[1].Core.Role), Is.EqualTo((committed, Role.Leader)));
    }

    [Test]
    public void An_acknowledgement_beyond_the_log_counts_for_nothing()
    {
        TestCluster cluster = new TestCluster(3, new RaftOptions { PreVote = false }).Elect(1);
        var ack = new Message { Type = MessageType.AppendResponse, From = new NodeId(2), To = new NodeId(1), Term = 1, LogIndex = 9999 };
        cluster[1].Step(ack);
        cluster[1].Step(ack with { From = new NodeId(3) });
        Assert.That(cluster[1].Core.CommitIndex, Is.EqualTo(1));
    }

    [TestCase(MessageType.AppendRequest)]
    [TestCase(MessageType.HeartbeatRequest)]
    public void A_second_leader_of_a_term_is_ignored_and_counted(MessageType type)
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        var lie = new Message { Type = type, From = new NodeId(3), To = new NodeId(2), Term = 1 };
        Assert.That(cluster[2].Step(lie), Is.Empty);
        Assert.That(cluster[1].Step(lie with { To = new NodeId(1) }), Is.Empty);
        Assert.That((cluster[1].Core.Role, cluster[1].Core.SecondLeaderMessages), Is.EqualTo((Role.Leader, 1)));
        Assert.That((cluster[2].Core.Leader.Value, cluster[2].Core.SecondLeaderMessages), Is.EqualTo((1UL, 1)));
    }

    [Test]
    public void Nobody_but_the_leader_makes_a_follower_campaign()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        var request = new Message { Type = MessageType.TimeoutNowRequest, From = new NodeId(3), To = new NodeId(2), Term = 1, LogIndex = 1, LogTerm = 1 };
        Assert.That(cluster[2].Step(request), Is.Empty);
        Assert.That(cluster[2].Core.Role, Is.EqualTo(Role.Follower));
    }

    /// <summary>
    /// Random fields from a set of nasty numbers, to nodes in every role.
    /// </summary>
    [Test]
    public void Random_messages_throw_nothing([Range(1, 20)] int seed)
    {
        var random = new RandomStream((ulong)seed);
        var options = new RaftOptions { PreVote = seed % 2 == 0, CheckQuorum = seed % 3 == 0 };
        TestNode node = new TestCluster(3, options)[1].WithPast(2, 0, 1, 1, 2, 2);
        for (int i = 0; i < 3000; i++)
        {
            Message message = Any(random);
            Assert.DoesNotThrow(() => node.Step(message), "{0}", message);
            if (random.Below(10) == 0)
            {
                node.Core.RequestRead();
            }

            if (random.Below(50) == 0 && node.Core.Term < RaftCore.MaxTerm)
            {
                node.Core.Campaign();
                node.Drain();
            }
        }
    }

    private static Message Any(RandomStream random)
    {
        ulong Number() => Numbers[random.Below(Numbers.Length)];
        ulong Small() => random.Below(8) == 0 ? Number() : (ulong)random.Below(8);
        return new Message
        {
            Type = (MessageType)random.Below(15),
            From = new NodeId((ulong)random.Below(5)),
            To = new NodeId(1),
            Term = random.Below(4) == 0 ? Number() : (ulong)random.Below(30),
            LogIndex = Small(),
            LogTerm = Small(),
            Commit = Small() & 3,
            Reject = random.Below(2) == 0,
            RejectHint = Small(),
            ReadContext = Small(),
        };
    }
}
