namespace Raft.Jepsen.Simulation;

/// <summary>Parts of a disk that have checksums of their own.</summary>
internal enum DiskPart
{
    HardState,
    Snapshot,
    Log,
}
