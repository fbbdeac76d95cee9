using Raft.Core.Log;
using Raft.Core.Storage;

namespace Raft.Jepsen.PowerCuts;

/// <summary>A write of a <see cref="StorageScript"/>.</summary>
/// <param name="HardState">The hard state.</param>
/// <param name="Entries">The entries.</param>
/// <param name="Snapshot">The snapshot that it names, if any; it has to be sealed before.</param>
/// <param name="Base">The log's new base, if any.</param>
internal sealed record ScriptStep(HardState HardState, IReadOnlyList<Entry> Entries, SnapshotMetadata? Snapshot, LogId? Base);
