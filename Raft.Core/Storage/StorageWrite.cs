using Raft.Core.Log;

namespace Raft.Core.Storage;

/// <summary>One step of a node's durable stream: everything in it becomes durable together, and takes effect in the order of its members.</summary>
/// <param name="Sequence">Place in the stream; grows from write to write, starting at 1 after each opening.</param>
/// <param name="HardState">The whole hard state as of this write.</param>
/// <param name="Entries">
/// Consecutive entries, split over as many slices as suits the sender; may be empty. The caller does not change the list or the slices after the call.
/// </param>
public readonly record struct StorageWrite(ulong Sequence, HardState HardState, IReadOnlyList<ReadOnlyMemory<Entry>> Entries)
{
    /// <summary>The node's newest snapshot from now on, sealed before this write was enqueued; <c>null</c> when it stays the one it was.</summary>
    public SnapshotMetadata? Snapshot { get; init; }

    /// <summary>
    /// The log's new base; <c>null</c> when it stays. Where the log holds this entry, it and all before it are given up, and those behind it stay.
    /// Otherwise the whole log is given up. <see cref="Entries"/> continue from there. Never beyond the newest snapshot.
    /// </summary>
    public LogId? Base { get; init; }
}
