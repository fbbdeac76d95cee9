using Raft.Core.Storage;

namespace Raft.Core.Node.Events;

/// <summary>The node took over a snapshot that its leader sent.</summary>
/// <param name="Snapshot">What it holds.</param>
public sealed record SnapshotInstalled(SnapshotMetadata Snapshot) : RaftEvent;
