using Google.Protobuf;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;
using NexaLoak.Tests.Storage;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Snapshots;
using Raft.Core.Transport;
using Raft.Storage.Faster;

namespace NexaLoak.Tests.Fleet;

/// <summary>The fleet's state in a real node on a real disk.</summary>
[TestFixture]
internal sealed class FleetSnapshotNodeTests
{
    private const int Commands = 300;

    [Test]
    public async Task After_many_commands_the_log_is_short_and_a_restart_gives_the_same_state()
    {
        using var directory = new TempDirectory();
        var before = new FleetState();
        await RunAsync(directory, before, async node =>
        {
            foreach (Command command in Everything())
            {
                await node.ProposeAsync(Stamped(command, node.Status.Term).ToByteArray());
            }

            await Eventually.Holds(() => node.Status.BaseIndex > Commands / 2, "most of the log is given up");
        });

        var after = new FleetState();
        await RunAsync(directory, after, async node =>
        {
            await Eventually.Holds(() => after.View.AppliedIndex == before.View.AppliedIndex, "the state is as new as it was");
            Assert.That(node.Status.BaseIndex, Is.GreaterThan(0));
        });

        Assert.That(before.View.Fleet.Nodes, Has.Count.EqualTo(2));
        Assert.That(before.View.Fleet.Incidents, Is.Not.Empty);
        Assert.That(after.View.StateHash, Is.EqualTo(before.View.StateHash));
    }

    private static IEnumerable<Command> Everything()
    {
        yield return FleetBuilder.Register(1);
        yield return FleetBuilder.Judge(1, NodeHealth.Healthy, ControlState.Reachable);
        yield return FleetBuilder.Assign(1);
        Command second = FleetBuilder.Register(2);
        second.Proposer = 2;
        yield return second;
        for (int i = 3; i < Commands; i++)
        {
            yield return FleetBuilder.Judge(1, i % 2 == 0 ? NodeHealth.Healthy : NodeHealth.Crashed, ControlState.Reachable);
        }
    }

    private static Command Stamped(Command command, ulong term)
    {
        command.Proposer = Math.Max(command.Proposer, 1);
        command.Term = term;
        command.TimeUnixMs = FleetBuilder.Time;
        return command;
    }

    private static async Task RunAsync(TempDirectory directory, FleetState state, Func<RaftNode, Task> use)
    {
        var id = new NodeId(1);
        var options = new RaftNodeOptions
        {
            Id = id,
            Configuration = new ClusterConfiguration([id]),
            TickInterval = TimeSpan.FromMilliseconds(20),
            Raft = new RaftOptions { TrailingEntries = 5 },
            Snapshots = new SnapshotPolicy { Entries = 20 },
        };
        await using FasterRaftStorage storage = FasterRaftStorage.Open(new FasterStorageOptions { Directory = directory.Path });
        await using IRaftTransport transport = new InMemoryNetwork().CreateTransport(id);
        await using var node = new RaftNode(options, storage, transport, state);
        node.Start();
        await Eventually.Holds(() => node.Status.Role == Role.Leader, "the node leads alone");
        await use(node);
    }
}
