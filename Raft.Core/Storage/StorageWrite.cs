using Raft.Core.Log;

namespace Raft.Core.Storage;

/// <summary>One step of a node's durable stream: hard state and entries, which become durable together.</summary>
/// <param name="Sequence">Place in the stream; grows from write to write, starting at 1 after each opening.</param>
/// <param name="HardState">The whole hard state as of this write.</param>
/// <param name="Entries">
/// Consecutive entries, split over as many slices as suits the sender; may be empty. The caller does not change the list or the slices after the call.
/// </param>
public readonly record struct StorageWrite(ulong Sequence, HardState HardState, IReadOnlyList<ReadOnlyMemory<Entry>> Entries);
