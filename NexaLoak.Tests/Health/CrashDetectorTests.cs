using NexaLoak.Orchestrator.Health;
using NexaLoak.Orchestrator.Protos;
using NexaLoak.Tests.Fleet;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Replication;

namespace NexaLoak.Tests.Health;

/// <summary>Node 1 leads a fleet of five; the verdict is on node 5.</summary>
[TestFixture]
internal sealed class CrashDetectorTests
{
    private static readonly HealthOptions Options = new();
    private static readonly TimeSpan LongAgo = TimeSpan.FromMinutes(1);

    // How nodes 1 to 4 see the service (u, d, or ? for no report), and how long they and node 5 have been silent, in seconds (x: never heard).
    [TestCase("dddd", "0 0 0 0 6", NodeHealth.Crashed, ControlState.Unreachable, TestName = "Silent and failing for all")]
    [TestCase("dddu", "0 0 0 0 6", NodeHealth.Crashed, ControlState.Unreachable, TestName = "Silent and failing for most")]
    [TestCase("dduu", "0 0 0 0 6", NodeHealth.Healthy, ControlState.Unreachable, TestName = "Silent and failing for half")]
    [TestCase("dd??", "0 0 0 0 6", NodeHealth.Healthy, ControlState.Unreachable, TestName = "Silent and failing for half, the others say nothing")]
    [TestCase("uuuu", "0 0 0 0 6", NodeHealth.Healthy, ControlState.Unreachable, TestName = "Silent but serving")]
    [TestCase("dddd", "0 0 0 0 1", NodeHealth.Healthy, ControlState.Reachable, TestName = "Heard, its service dead")]
    [TestCase("dddd", "0 0 0 0 4.9", NodeHealth.Healthy, ControlState.Reachable, TestName = "Silent not quite long enough")]
    [TestCase("dddd", "0 0 0 0 5", NodeHealth.Crashed, ControlState.Unreachable, TestName = "Silent just long enough")]
    [TestCase("dddd", "0 0 0 0 x", NodeHealth.Crashed, ControlState.Unreachable, TestName = "Never heard in this leadership")]
    [TestCase("ddu?", "0 0 0 9 6", NodeHealth.Crashed, ControlState.Unreachable, TestName = "Two of three live nodes")]
    [TestCase("uudd", "0 0 9 9 6", NodeHealth.Healthy, ControlState.Unreachable, TestName = "Reports of nodes that are not live do not count")]
    [TestCase("d???", "0 9 9 9 6", NodeHealth.Crashed, ControlState.Unreachable, TestName = "The leader is the only live node")]
    public void Verdict_of_an_old_leader(string reports, string silences, NodeHealth health, ControlState control)
    {
        JudgeNode? verdict = Judge(reports, silences, LongAgo);
        Assert.That((verdict?.Health ?? NodeHealth.Healthy, verdict?.Control ?? ControlState.Reachable), Is.EqualTo((health, control)));
    }

    [TestCase("0 0 0 0 6")]
    [TestCase("0 0 0 0 x")]
    public void A_new_leader_waits_before_it_holds_silence_against_anybody(string silences)
    {
        Assert.That(Judge("dddd", silences, TimeSpan.FromSeconds(9.9)), Is.Null);
        Assert.That(Judge("dddd", silences, TimeSpan.FromSeconds(10))?.Health, Is.EqualTo(NodeHealth.Crashed));
    }

    [TestCase("uuu?", 5, NodeHealth.Healthy)]
    [TestCase("uuu?", 4.9, NodeHealth.Crashed)]
    [TestCase("uu??", 60, NodeHealth.Crashed)]
    public void A_crashed_node_recovers_after_it_has_been_well_for_some_time(string reports, double wellFor, NodeHealth health)
    {
        JudgeNode? verdict = Judge(reports, "0 0 0 0 0", LongAgo, NodeHealth.Crashed, ControlState.Unreachable, TimeSpan.FromSeconds(wellFor));
        Assert.That((verdict?.Health, verdict?.Control), Is.EqualTo((health, ControlState.Reachable)));
    }

    [TestCase("uuu?", NodeHealth.Healthy)]
    [TestCase("uudd", NodeHealth.Unknown)]
    public void A_new_node_is_healthy_as_soon_as_most_reach_its_service(string reports, NodeHealth health)
    {
        JudgeNode? verdict = Judge(reports, "0 0 0 0 0", TimeSpan.Zero, NodeHealth.Unknown, ControlState.Unknown);
        Assert.That((verdict?.Health, verdict?.Control), Is.EqualTo((health, ControlState.Reachable)));
    }

    [Test]
    public void The_only_node_of_a_fleet_is_judged_by_its_own_word()
    {
        var log = new FakeLog();
        log.Send(FleetBuilder.Register(1), 1);
        log.Send(FleetBuilder.See(1, ServiceState.Up), 1);
        var raft = new FakeRaft(log);
        raft.Lead(1);
        NodeSighting sighting = CrashDetector.Look(log.State.View.Fleet, raft.Status, Options).Single();
        Assert.That(CrashDetector.Judge(sighting, inGrace: true, TimeSpan.Zero, Options)?.Health, Is.EqualTo(NodeHealth.Healthy));
    }

    [Test]
    public void A_node_that_does_not_lead_sees_nothing()
    {
        var log = new FakeLog();
        log.AddHealthyNodes(3);
        Assert.That(CrashDetector.Look(log.State.View.Fleet, new FakeRaft(log).Status, Options), Is.Empty);
    }

    private static JudgeNode? Judge(
        string reports,
        string silences,
        TimeSpan leadingFor,
        NodeHealth health = NodeHealth.Healthy,
        ControlState control = ControlState.Reachable,
        TimeSpan wellFor = default)
    {
        var log = new FakeLog();
        for (int node = 1; node <= 5; node++)
        {
            log.Send(FleetBuilder.Register(node), (ulong)node);
        }

        if (health != NodeHealth.Unknown)
        {
            log.Send(FleetBuilder.Judge(5, health, control));
        }

        for (int node = 1; node <= 4; node++)
        {
            if (reports[node - 1] != '?')
            {
                log.Send(FleetBuilder.See(5, reports[node - 1] == 'u' ? ServiceState.Up : ServiceState.Down), (ulong)node);
            }
        }

        var raft = new FakeRaft(log);
        raft.Lead(3, leadingFor, [.. silences.Split(' ').Select(Peer).Skip(1)]);
        NodeSighting sighting = CrashDetector.Look(log.State.View.Fleet, raft.Status, Options).Single(seen => seen.Node.Name == "n5");
        return CrashDetector.Judge(sighting, CrashDetector.InGrace(raft.Status, Options), wellFor, Options);
    }

    private static PeerStatus Peer(string silence, int position) => new(
        new NodeId((ulong)position + 1), 0, 1, ProgressState.Replicate, silence == "x" ? null : TimeSpan.FromSeconds(double.Parse(silence)));
}
