using Raft.Core.Storage;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster;

/// <summary>A write on its way to the disk.</summary>
/// <param name="Write">The write.</param>
/// <param name="Move">What it does to the log's base, if anything.</param>
/// <param name="Snapshot">The snapshot that it names, if any.</param>
internal readonly record struct QueuedWrite(StorageWrite Write, BaseMove? Move, SnapshotName? Snapshot);
