using Raft.Core.Log;

namespace Raft.Jepsen.Simulation;

/// <summary>What a disk held when its node went down, as the observer remembers it whatever becomes of the disk.</summary>
/// <param name="Base">The entry before the first one of the log.</param>
/// <param name="Last">The last entry of the log.</param>
/// <param name="Snapshot">The entry of the newest snapshot.</param>
internal readonly record struct DiskContent(LogId Base, LogId Last, LogId Snapshot);
