using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

/// <summary>
/// A cluster amid noise: messages that were sent once and come again, in any order and number; messages of every type that are damaged; and strangers. Nothing
/// throws, nothing grows beyond its limit, and afterwards the cluster works.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class HostileMessagesTests
{
    private const int Noises = 2000;

    private static readonly RaftOptions Options = new()
    {
        MaxInflightMessages = 4, MaxEntryBytes = 100, MaxUncommittedBytes = 1000, SnapshotChunkBytes = 4, MaxInflightSnapshotChunks = 2,
        TrailingEntries = 0, MaxTrailingEntries = 0,
    };

    public enum Moment
    {
        Steady = 0,
        PreElection = 1,
        Election = 2,
        Change = 3,
        Snapshot = 4,
        Transfer = 5,
    }

    [Category("Long")]
    [Test]
    public void Noise_breaks_nothing_and_fills_nothing([Values] Moment moment, [Range(1, 5)] int seed)
    {
        var random = new RandomStream((ulong)seed);
        TestCluster cluster = Begin(moment);
        TestNode[] nodes = [.. cluster.Nodes];
        var reads = new List<(TestNode Reader, ulong Read)>();
        for (int i = 0; i < Noises; i++)
        {
            TestNode target = nodes[random.Below(nodes.Length)];
            if (random.Below(20) == 0)
            {
                reads.Add((target, target.Core.RequestRead()));
                cluster.Post(target.Drain());
            }

            Message replayed = cluster.Sent[random.Below(cluster.Sent.Count)];
            if (random.Below(2) == 0)
            {
                cluster.Post(target.Step(replayed));
            }
            else
            {
                ChangesNothing(target, Damage(replayed with { To = target.Id }, random));
            }

            if (random.Below(100) == 0)
            {
                cluster.Pass(1);
            }

            Array.ForEach(nodes, node => StaysWithinLimits(node, nodes.Length));
        }

        Recovers(cluster);
        reads.RemoveAll(read => read.Read == 0);
        Assert.That(reads.Select(read => EndsOf(read.Reader, read.Read)), Is.All.EqualTo(1), "every read is confirmed or fails, once");
    }

    [Test]
    public void The_noise_is_made_of_messages_of_every_type()
    {
        IEnumerable<MessageType> sent = Enum.GetValues<Moment>().SelectMany(moment => Begin(moment).Sent).Select(message => message.Type);
        Assert.That(Enum.GetValues<MessageType>().Except(sent), Is.EqualTo(new[] { MessageType.None }));
    }

    /// <summary>Nobody may make a candidate remember votes that never count.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public void Votes_of_strangers_are_not_kept(bool preVote)
    {
        TestNode node = new TestCluster(3, Options with { PreVote = preVote })[1];
        node.Core.Campaign();
        node.Drain();
        MessageType type = preVote ? MessageType.PreVoteResponse : MessageType.VoteResponse;
        var vote = new Message { Type = type, From = new NodeId(9), To = node.Id, Term = 1 };
        node.Core.Step(vote);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong stranger = 10; stranger < 10_000; stranger++)
        {
            node.Core.Step(vote with { From = new NodeId(stranger) });
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000));
        Assert.That(node.Core.Role, Is.EqualTo(preVote ? Role.PreCandidate : Role.Candidate));
    }

    [Test]
    public void Only_commands_of_a_fair_size_are_taken_from_others_and_only_as_many_as_there_is_room_for()
    {
        TestCluster cluster = new TestCluster(Members("v1 v2 v3"), Options).Elect(1);
        cluster.Loses = _ => true;
        ulong last = cluster[1].Core.LastLogId.Index;
        Entry Of(EntryType type, int size) => new(0, 0, type, new byte[size]);
        var forwarded = new Message { Type = MessageType.ForwardedProposal, From = new NodeId(2), To = new NodeId(1) };
        Entry[] unfair = [Of(EntryType.Configuration, 10), Of(EntryType.NoOp, 0), Of(EntryType.Withheld, 0), Of(EntryType.Command, 101)];
        cluster[1].Step(forwarded with { Entries = unfair });
        Assert.That(cluster[1].Core.LastLogId.Index, Is.EqualTo(last));

        for (int i = 0; i < 100; i++)
        {
            cluster[1].Step(forwarded with { Entries = new[] { Of(EntryType.Command, 50), Of(EntryType.Command, 50) } });
        }

        Assert.That(cluster[1].Core.LastLogId.Index, Is.GreaterThan(last).And.LessThan(last + 20));
        Assert.That(cluster[1].Core.UncommittedBytes, Is.LessThanOrEqualTo(Options.MaxUncommittedBytes));
    }

    private static TestCluster Begin(Moment moment)
    {
        bool preVote = moment != Moment.Election;
        TestCluster cluster = moment == Moment.Snapshot
            ? new TestCluster(3, Options with { PreVote = false }).Elect(1)
            : new TestCluster(Members("v1 v2 v3 l4 w5"), Options with { PreVote = preVote }).Elect(1);
        cluster.Propose(1);
        cluster[2].Core.Propose(new byte[3], forward: true, out _);
        cluster[1].Core.RequestRead();
        cluster[2].Core.RequestRead();
        cluster[3].Core.RequestRead();
        cluster.Settle();
        switch (moment)
        {
            case Moment.Transfer:
                cluster.Loses = message => message.Type == MessageType.VoteRequest;
                cluster[1].Core.TransferLeadership(new NodeId(3));
                break;
            case Moment.PreElection or Moment.Election:
                cluster.Loses = message => TestCluster.Touches(message, 3);
                cluster[3].Core.Campaign();
                break;
            case Moment.Change:
                cluster.Join(6);
                cluster.Loses = message => TestCluster.Touches(message, 6);
                cluster.Change(1, Change("r1 r2 v6"));
                break;
            case Moment.Snapshot:
                cluster.Loses = message => message.To.Value == 3 && message.Type is MessageType.AppendRequest;
                cluster.Propose(1);
                cluster.Settle();
                cluster.Pass(Options.ElectionTicks - 1);
                cluster[1].TakeSnapshot(cluster[1].Core.CommitIndex, size: 40);
                cluster.Loses = message => message.Type == MessageType.SnapshotChunk && message.Chunk!.Offset == 4;
                break;
            default:
                break;
        }

        return cluster.Pass(2);
    }

    /// <summary>The message, with one thing about it that no sound peer would send.</summary>
    private static Message Damage(in Message message, RandomStream random)
    {
        Message absurdTerm = message with { Term = message.Type == MessageType.ForwardedProposal ? 1 : RaftCore.MaxTerm + 1 + (ulong)random.Below(3) };
        var stranger = new NodeId(90 + (ulong)random.Below(1000));
        return random.Below(12) switch
        {
            0 => message with { To = new NodeId((message.To.Value % 7) + 1) },
            1 => message with { To = NodeId.None },
            2 => message with { From = NodeId.None },
            3 => message with { From = message.To },
            4 => message with { Type = (MessageType)(random.Below(2) * 200) },
            5 => absurdTerm,
            6 => message with { Type = MessageType.AppendRequest, From = stranger, Term = 0 },
            7 => message with { LogIndex = ulong.MaxValue - (ulong)random.Below(3) },
            8 => WithEntries(message, new Entry(message.Term, message.LogIndex + 2, EntryType.Command, new byte[1])),
            9 => WithEntries(message, new Entry(message.Term + 1, message.LogIndex + 1, EntryType.Command, new byte[1])),
            10 => WithEntries(message, new Entry(message.Term, message.LogIndex + 1, EntryType.Configuration, new byte[] { 1, 200 })),
            _ => message with { Type = MessageType.SnapshotChunk, Term = Math.Max(1, message.Term), Chunk = AbsurdChunk(random) },
        };
    }

    private static Message WithEntries(in Message message, Entry entry)
        => message with { Type = MessageType.AppendRequest, From = new NodeId(90), Term = message.Term, LogTerm = 0, Entries = new[] { entry } };

    private static SnapshotChunk? AbsurdChunk(RandomStream random)
    {
        var snapshot = new SnapshotMetadata(new LogId(1, 50), Members("v1 v2"), 0, 10, 0);
        return random.Below(5) switch
        {
            0 => null,
            1 => new SnapshotChunk(snapshot, -4, new byte[4]),
            2 => new SnapshotChunk(snapshot, long.MaxValue, new byte[4]),
            3 => new SnapshotChunk(snapshot with { Id = new LogId(RaftCore.MaxTerm, 50) }, 0, new byte[4]),
            _ => new SnapshotChunk(snapshot with { Configuration = ClusterConfiguration.Empty }, 0, new byte[4]),
        };
    }

    private static void ChangesNothing(TestNode node, Message message)
    {
        RaftCore core = node.Core;
        var before = (core.Term, core.VotedFor, core.Role, core.Leader, core.LastLogId, core.CommitIndex, core.Configuration);
        Assert.That(node.Step(message), Is.Empty, message.ToString());
        Assert.That((core.Term, core.VotedFor, core.Role, core.Leader, core.LastLogId, core.CommitIndex, core.Configuration), Is.EqualTo(before), message.ToString());
    }

    private static void StaysWithinLimits(TestNode node, int nodes)
    {
        RaftCore core = node.Core;
        var peers = new List<NodeId>();
        core.VisitProgress(peers, static (found, peer, _, _, _) => found.Add(peer));
        Assert.That(peers, Has.Count.LessThan(nodes));
        Assert.That(peers.Select(peer => core.ProgressOf(peer)!.Inflights.Count), Is.All.LessThanOrEqualTo(Options.MaxInflightMessages));
        Assert.That(core.UncommittedBytes, Is.LessThanOrEqualTo(Options.MaxUncommittedBytes));
    }

    private static int EndsOf(TestNode reader, ulong read)
        => reader.Reads.Count(confirmed => confirmed.Context == read) + reader.FailedReads.Count(failed => failed == read);

    private static void Recovers(TestCluster cluster)
    {
        cluster.Loses = _ => false;
        bool Works() => cluster.Leader is { Core: { IsConfigurationCommitted: true, Configuration.IsJoint: false } } leader
            && leader.Core.Configuration.IsVoter(leader.Id)
            && leader.Core.Configuration.Members.All(id => cluster[(int)id.Value].Core.CommitIndex == leader.Core.LastLogId.Index);
        cluster.Pass(300, until: Works);
        Assert.That(Works());
        TestNode leader = cluster.Leader!;
        LogId command = cluster.Propose((int)leader.Id.Value);
        cluster.Pass(2);
        Assert.That(leader.Core.Configuration.Members.Select(id => cluster[(int)id.Value].Core.TermAt(command.Index)), Is.All.EqualTo(command.Term));
        Assert.That(leader.Core.CommitIndex, Is.GreaterThanOrEqualTo(command.Index));
    }
}
