using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Core.Tracing;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Core;

[Parallelizable(ParallelScope.All)]
internal sealed class ProtocolTraceTests
{
    private static readonly ClusterConfiguration Pair = new([new NodeId(1), new NodeId(2)]);

    /// <summary>A candidate asks, is elected, and brings its no-op and one command to the other node.</summary>
    [Test]
    public void An_election_and_a_replication_tell_their_events_in_order()
    {
        JsonElement[] events = Trace();
        Assert.That(events.Select(Headline), Is.EqualTo(new[]
        {
            "1 InitState", "2 InitState",
            "1 BecomeCandidate", "1 SendRequestVoteResponse 1->1", "1 SendRequestVoteRequest 1->2", "1 Ready", "1 ReceiveRequestVoteResponse 1->1",
            "2 ReceiveRequestVoteRequest 1->2", "2 BecomeFollower", "2 SendRequestVoteResponse 2->1", "2 Ready",
            "1 ReceiveRequestVoteResponse 2->1", "1 BecomeLeader", "1 Replicate", "1 SendAppendEntriesResponse 1->1",
            "1 Replicate", "1 SendAppendEntriesResponse 1->1",
            "1 SendAppendEntriesRequest 1->2", "1 Ready", "1 ReceiveAppendEntriesResponse 1->1",
            "2 ReceiveAppendEntriesRequest 1->2", "2 SendAppendEntriesResponse 2->1", "2 Ready",
            "1 ReceiveAppendEntriesResponse 2->1", "1 Commit",
        }));
    }

    [Test]
    public void An_event_has_the_fields_that_the_specification_reads()
    {
        JsonElement[] events = Trace();
        JsonElement sent = events.Single(line => Headline(line) == "1 SendAppendEntriesRequest 1->2");
        Assert.That(sent.GetRawText(), Is.EqualTo(
            """{"name":"SendAppendEntriesRequest","nid":"1","state":{"term":1,"vote":"1","commit":0},"role":"StateLeader","log":2,"conf":[["1","2"],[]]"""
            + ""","msg":{"type":"MsgApp","term":1,"from":"1","to":"2","entries":2,"logTerm":0,"index":0,"commit":0,"vote":"0","reject":false,"rejectHint":0}"""
            + ""","prop":{"match":0,"next":1}}"""));
        Assert.That(events[^1].GetProperty("state").GetProperty("commit").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void A_trace_does_not_change_a_simulated_run_and_every_line_parses()
    {
        var options = new SimulationOptions(5_000_000, Mutant.None);
        using var stream = new MemoryStream();
        using var trace = new NdjsonRaftTrace(stream);
        var counters = new long[Enum.GetValues<Occurrence>().Length];
        SimulationResult traced = new SimulatedCluster(3, options with { ProtocolTrace = trace }, counters).Run();
        Assert.That(traced, Is.EqualTo(new SimulatedCluster(3, options, counters).Run()));
        Assert.That(Lines(stream).Select(line => line.GetProperty("name").GetString()).Distinct(), Is.SupersetOf(new[]
        {
            "InitState", "BecomeFollower", "BecomeCandidate", "BecomeLeader", "Replicate", "Commit", "Ready",
        }));
    }

    [Test]
    public void Founders_tell_the_configuration_that_they_begin_with()
    {
        JsonElement[] events = Traced(trace => Core(1, ClusterConfiguration.Empty, trace).Bootstrap(Pair));
        Assert.That(events.Select(Headline), Is.EqualTo(new[] { "1 InitState", "1 ApplyConfChange" }));
        Assert.That(events[1].GetRawText(), Is.EqualTo(
            """{"name":"ApplyConfChange","nid":"1","state":{"term":1,"vote":"0","commit":1},"role":"StateFollower","log":1,"conf":[["1","2"],[]]"""
            + ""","prop":{"cc":{"newconf":["1","2"]}}}"""));
    }

    [Test]
    public void A_change_tells_who_comes_and_who_goes_and_is_no_command()
    {
        JsonElement[] events = Traced(trace =>
        {
            RaftCore core = Leader(trace);
            core.ProposeConfiguration(MembershipText.Change("v2 l3"), null, out _);
            Persist(core);
            core.ProposeConfiguration(MembershipText.Change("r3"), null, out _);
        });
        int founded = Array.FindIndex(events, line => Headline(line) == "1 Commit") + 1;
        Assert.That(events.Skip(founded).Select(Headline), Is.EqualTo(new[]
        {
            "1 ChangeConf", "1 SendAppendEntriesResponse 1->1", "1 ApplyConfChange",
            "1 SendAppendEntriesRequest 1->2", "1 SendAppendEntriesRequest 1->3", "1 Ready", "1 ReceiveAppendEntriesResponse 1->1",
        }));
        Assert.That(events[founded].GetProperty("prop").GetRawText(), Is.EqualTo(
            """{"cc":{"changes":[{"nid":"2","action":"AddNewServer"},{"nid":"3","action":"AddLearner"}],"newconf":["1","2"]}}"""));
    }

    [Test]
    public void A_follower_tells_of_the_configurations_that_it_gets()
    {
        JsonElement[] events = Traced(trace =>
        {
            RaftCore core = Core(1, Pair, trace);
            ClusterConfiguration three = MembershipText.Members("v1 v2 v3");
            var entry = new Entry(1, 1, EntryType.Configuration, ConfigurationCodec.Encode(three));
            core.Step(new Message { Type = MessageType.AppendRequest, From = new NodeId(2), To = new NodeId(1), Term = 1, Entries = new[] { entry } });
            var snapshot = new SnapshotMetadata(new LogId(1, 7), MembershipText.Members("v1 v2 v4"), 5, 0, 0);
            var chunk = new SnapshotChunk(snapshot, 0, default);
            core.Step(new Message { Type = MessageType.SnapshotChunk, From = new NodeId(2), To = new NodeId(1), Term = 1, Chunk = chunk });
            core.OnSnapshotStaged(snapshot);
        });
        Assert.That(
            events.Where(line => line.GetProperty("name").GetString() == "ApplyConfChange").Select(line => line.GetProperty("conf").GetRawText()),
            Is.EqualTo(new[] { """[["1","2","3"],[]]""", """[["1","2","4"],[]]""" }));
    }

    [Test]
    public void A_piece_of_a_snapshot_is_a_request_to_append_up_to_its_entry()
    {
        using var stream = new MemoryStream();
        using var trace = new NdjsonRaftTrace(stream);
        var snapshot = new SnapshotMetadata(new LogId(1, 7), Pair, 0, 3, 0);
        var chunk = new SnapshotChunk(snapshot, 0, new byte[3]);
        var message = new Message { Type = MessageType.SnapshotChunk, From = new NodeId(2), To = new NodeId(1), Term = 1, Chunk = chunk };
        Core(1, Pair, trace).Step(message);
        JsonElement received = Lines(stream).Single(line => Headline(line) == "1 ReceiveAppendEntriesRequest 2->1");
        Assert.That(received.GetProperty("msg").GetRawText(), Does.StartWith(
            """{"type":"MsgSnap","term":1,"from":"2","to":"1","entries":7,"logTerm":0,"index":0,"""));
    }

    /// <summary>An outside specification takes nothing that was not sent, and follows a leader's log entry by entry.</summary>
    [Category("Long")]
    [Test]
    public void What_is_received_was_sent_and_what_a_leader_appends_is_told([Range(0, 20)] int seed)
    {
        JsonElement[] events = Traced(trace =>
        {
            var options = new SimulationOptions(3_000_000, Mutant.None) { ProtocolTrace = trace };
            new SimulatedCluster((ulong)seed, options, new long[Enum.GetValues<Occurrence>().Length]).Run();
        });
        var sent = new HashSet<string>();
        var logs = new Dictionary<string, ulong>();
        foreach (JsonElement line in events)
        {
            string name = line.GetProperty("name").GetString()!;
            if (line.TryGetProperty("msg", out JsonElement message))
            {
                Assert.That(IsCaused(name, message, sent), line.GetRawText());
            }

            string node = line.GetProperty("nid").GetString()!;
            ulong last = line.GetProperty("log").GetUInt64();
            if (line.GetProperty("role").GetString() == "StateLeader" && name != "BecomeLeader")
            {
                Assert.That(last - logs[node], Is.EqualTo(name is "Replicate" or "ChangeConf" ? 1 : 0), line.GetRawText());
            }

            logs[node] = last;
        }
    }

    /// <summary>The network may double a message, but nobody hears a word of its own twice.</summary>
    private static bool IsCaused(string name, JsonElement message, HashSet<string> sent)
    {
        string text = message.GetRawText();
        if (name.StartsWith("Send", StringComparison.Ordinal))
        {
            sent.Add(text);
            return true;
        }

        return message.GetProperty("from").GetString() == message.GetProperty("to").GetString() ? sent.Remove(text) : sent.Contains(text);
    }

    private static RaftCore Core(ulong id, ClusterConfiguration configuration, IRaftTrace trace)
        => new(new NodeId(id), configuration, new RaftOptions { PreVote = false }, RecoveredState.Empty, new SimulatedDisk(new CommittedHistory()), id, trace);

    /// <summary>The only voter of a cluster, which has committed its no-op.</summary>
    private static RaftCore Leader(IRaftTrace trace)
    {
        RaftCore core = Core(1, new ClusterConfiguration([new NodeId(1)]), trace);
        core.Campaign();
        Persist(core);
        Persist(core);
        return core;
    }

    private static void Persist(RaftCore core)
    {
        var ready = new Ready();
        core.TakeReady(ready);
        core.OnPersisted(ready.Write!.Value.Sequence);
    }

    private static JsonElement[] Traced(Action<IRaftTrace> run)
    {
        using var stream = new MemoryStream();
        using var trace = new NdjsonRaftTrace(stream);
        run(trace);
        return Lines(stream);
    }

    private static JsonElement[] Trace() => Traced(new RunOfTwo().Play);

    private static JsonElement[] Lines(MemoryStream stream)
        => [.. Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Event)];

    private static JsonElement Event(string line)
    {
        JsonElement root = JsonDocument.Parse(line).RootElement;
        Assert.That(root.GetProperty("tag").GetString(), Is.EqualTo("trace"));
        return root.GetProperty("event");
    }

    private static string Headline(JsonElement line)
    {
        string name = $"{line.GetProperty("nid").GetString()} {line.GetProperty("name").GetString()}";
        return line.TryGetProperty("msg", out JsonElement message)
            ? $"{name} {message.GetProperty("from").GetString()}->{message.GetProperty("to").GetString()}"
            : name;
    }

    private sealed class RunOfTwo
    {
        private readonly Ready _ready = new();

        public void Play(IRaftTrace trace)
        {
            var options = new RaftOptions { PreVote = false };
            var disk = new SimulatedDisk(new CommittedHistory());
            RaftCore[] cores = [.. Pair.Members.Select(id => new RaftCore(id, Pair, options, RecoveredState.Empty, disk, id.Value, trace))];
            cores[0].Campaign();
            Pass(cores[0], cores[1]);
            Pass(cores[1], cores[0]);
            cores[0].Propose(new byte[1], forward: false, out _);
            Pass(cores[0], cores[1]);
            Pass(cores[1], cores[0]);
        }

        private void Pass(RaftCore from, RaftCore to)
        {
            from.TakeReady(_ready);
            if (_ready.Write is { } write)
            {
                from.OnPersisted(write.Sequence);
            }

            foreach (OutboundMessage outbound in _ready.Messages)
            {
                to.Step(outbound.Message);
            }
        }
    }
}
