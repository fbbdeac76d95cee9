using Microsoft.Extensions.Logging.Abstractions;
using NexaLoak.Orchestrator.Fleet;
using NUnit.Framework;

namespace NexaLoak.Tests.Fleet;

[TestFixture]
internal sealed class NodeRegistrarTests
{
    private static readonly LocalNode Self = new("n1", "10.0.0.1", 443, "10.0.0.1:8080");

    [Test]
    public async Task A_node_announces_itself_until_the_state_shows_it()
    {
        var time = new ManualTimeProvider();
        var log = new FakeLog();
        var raft = new FakeRaft(log) { LosesForwarded = true };
        raft.Lead(1);
        using NodeRegistrar registrar = Registrar(Self, raft, log, time);
        await registrar.StartAsync(CancellationToken.None);
        await time.AdvanceUntilAsync(() => raft.Forwarded >= 3, "the announcement is repeated");

        raft.LosesForwarded = false;
        await time.AdvanceUntilAsync(() => log.State.View.Fleet.Nodes.ContainsKey("n1"), "the state shows the node");
        await time.AdvanceUntilAsync(() => registrar.ExecuteTask is { IsCompletedSuccessfully: true }, "the announcements end");
    }

    [Test]
    public async Task A_changed_configuration_is_announced()
    {
        var time = new ManualTimeProvider();
        var log = new FakeLog();
        log.Send(FleetBuilder.Register(1), 1);
        var raft = new FakeRaft(log);
        raft.Lead(1);
        using NodeRegistrar registrar = Registrar(Self with { ServicePort = 8443 }, raft, log, time);
        await registrar.StartAsync(CancellationToken.None);
        await time.AdvanceUntilAsync(() => log.State.View.Fleet.Nodes["n1"].ServicePort == 8443, "the state shows the change");
    }

    private static NodeRegistrar Registrar(LocalNode self, FakeRaft raft, FakeLog log, ManualTimeProvider time) =>
        new(self, raft, log.State, new FleetProposer(raft, time), time, NullLogger<NodeRegistrar>.Instance);
}
