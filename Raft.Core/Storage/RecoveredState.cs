using Raft.Core.Log;

namespace Raft.Core.Storage;

/// <summary>The durable state of a node as a storage found it.</summary>
/// <param name="HardState">Last durable hard state; <c>default</c> for a new storage.</param>
/// <param name="Base">The entry before the first one kept; <c>default</c> as long as nothing was compacted.</param>
/// <param name="LastIndex">Index of the last entry; that of <paramref name="Base"/> when there is none.</param>
/// <param name="TermRuns">The terms of the entries after <paramref name="Base"/>, ascending by index and by term.</param>
public sealed record RecoveredState(HardState HardState, LogId Base, ulong LastIndex, IReadOnlyList<TermRun> TermRuns)
{
    /// <summary>The snapshot to start from; <c>null</c> as long as none was taken. It reaches at least up to <see cref="Base"/>.</summary>
    public SnapshotMetadata? Snapshot { get; init; }

    /// <summary>The entries after <see cref="Base"/> that are configurations, ascending.</summary>
    public IReadOnlyList<Entry> Configurations { get; init; } = [];

    /// <summary>The state of a storage that never held anything.</summary>
    public static RecoveredState Empty { get; } = new(default, default, 0, []);

    /// <summary>True when nothing was ever written.</summary>
    public bool IsEmpty => HardState == default && Base == default && LastIndex == 0;
}
