using Raft.Core.Storage;

namespace Raft.Jepsen.Simulation;

/// <summary>A snapshot that arrives in pieces; a crash loses it.</summary>
internal sealed class StagedSnapshot(SnapshotMetadata snapshot)
{
    public SnapshotMetadata Snapshot => snapshot;

    public List<byte> Content { get; } = [];
}
