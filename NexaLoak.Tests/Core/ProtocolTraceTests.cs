using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Raft.Core.Consensus;
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

    private static JsonElement[] Trace()
    {
        using var stream = new MemoryStream();
        using var trace = new NdjsonRaftTrace(stream);
        new RunOfTwo().Play(trace);
        return Lines(stream);
    }

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
