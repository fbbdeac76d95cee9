using Raft.Core.Storage;

namespace Raft.Core.Node.Events;

/// <summary>The node saved a snapshot of its state machine.</summary>
/// <param name="Snapshot">What it holds.</param>
public sealed record SnapshotTaken(SnapshotMetadata Snapshot) : RaftEvent;
