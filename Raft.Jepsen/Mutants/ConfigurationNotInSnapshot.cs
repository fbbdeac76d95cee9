using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A snapshot brings no configuration: who installs it goes on with the one it had.</summary>
internal sealed class ConfigurationNotInSnapshot()
    : Mutant("configuration-not-in-snapshot", "Who installs a snapshot keeps the configuration it had.", "S14", "S6")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        RaftCore core = node.Core!;
        bool replaces = message.Chunk is { } chunk && !core.Configuration.IsEmpty && core.ConfigurationIndex <= chunk.Snapshot.Id.Index;
        core.Step(replaces ? message with { Chunk = WithConfigurationOf(core, message.Chunk!) } : message);
    }

    private static SnapshotChunk WithConfigurationOf(RaftCore core, SnapshotChunk chunk)
        => new(
            chunk.Snapshot with { Configuration = core.Configuration, ConfigurationIndex = core.ConfigurationIndex },
            chunk.Offset,
            chunk.Data);
}
