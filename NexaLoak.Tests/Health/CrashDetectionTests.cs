using Microsoft.Extensions.Logging.Abstractions;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Health;
using NexaLoak.Orchestrator.Protos;
using NexaLoak.Tests.Fleet;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Replication;

namespace NexaLoak.Tests.Health;

[TestFixture]
internal sealed class CrashDetectionTests
{
    private static readonly TimeSpan LongAgo = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Verdicts_are_replicated_once_and_show_as_incidents()
    {
        var time = new ManualTimeProvider();
        var log = new FakeLog();
        var raft = new FakeRaft(log);
        log.AddHealthyNodes(3);
        using CrashDetection detection = Detection(raft, log, time);
        await detection.StartAsync(CancellationToken.None);

        raft.Lead(1, LongAgo, Peer(2, 0), Peer(3, 6));
        await time.AdvanceUntilAsync(() => Node(log).Control == ControlState.Unreachable, "the silent node is judged unreachable");
        Assert.That(Node(log).Health, Is.EqualTo(NodeHealth.Healthy), "it still serves");

        log.Send(FleetBuilder.See(3, ServiceState.Down), 1);
        log.Send(FleetBuilder.See(3, ServiceState.Down), 2);
        await time.AdvanceUntilAsync(() => Node(log).Health == NodeHealth.Crashed, "it is judged crashed");
        int commands = log.Entries.Count;
        await time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(10));
        Assert.That(log.Entries, Has.Count.EqualTo(commands), "a verdict that stands is not repeated");

        raft.Lead(1, LongAgo, Peer(2, 0), Peer(3, 0));
        log.Send(FleetBuilder.See(3, ServiceState.Up), 1);
        log.Send(FleetBuilder.See(3, ServiceState.Up), 2);
        long since = time.GetTimestamp();
        await time.AdvanceUntilAsync(() => Node(log).Health == NodeHealth.Healthy, "it recovers");
        Assert.That(time.GetElapsedTime(since), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(5)));
        await detection.StopAsync(CancellationToken.None);

        IncidentKind[] expected = [IncidentKind.ControlLost, IncidentKind.Crashed, IncidentKind.ControlRestored, IncidentKind.Recovered];
        Assert.That(log.State.View.Fleet.Incidents.TakeLast(4).Select(incident => incident.Kind), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_deposed_leader_goes_on_after_its_verdict_was_refused()
    {
        var time = new ManualTimeProvider();
        var log = new FakeLog();
        var raft = new FakeRaft(log);
        log.AddHealthyNodes(2);
        using CrashDetection detection = Detection(raft, log, time);
        await detection.StartAsync(CancellationToken.None);

        raft.Lead(1, LongAgo, Peer(2, 6));
        log.Leader = null;
        await time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(2));
        log.Leader = raft;
        await time.AdvanceUntilAsync(() => log.State.View.Fleet.Nodes["n2"].Control == ControlState.Unreachable, "it judges once it can");
        await detection.StopAsync(CancellationToken.None);
    }

    private static CrashDetection Detection(FakeRaft raft, FakeLog log, ManualTimeProvider time) =>
        new(raft, log.State, new FleetProposer(raft, time), new HealthOptions(), time, NullLogger<CrashDetection>.Instance);

    private static FleetNode Node(FakeLog log) => log.State.View.Fleet.Nodes["n3"];

    private static PeerStatus Peer(ulong id, int silence) => new(new NodeId(id), 0, 1, ProgressState.Replicate, TimeSpan.FromSeconds(silence));
}
