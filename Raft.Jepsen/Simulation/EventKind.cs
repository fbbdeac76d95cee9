namespace Raft.Jepsen.Simulation;

/// <summary>What happens at a point of virtual time.</summary>
internal enum EventKind : byte
{
    Tick,
    Deliver,
    Persisted,
    SnapshotSaved,
    ChunkWritten,
    Drain,
    Propose,
    Read,
    Change,
    Fault,
    Action,
    Restart,
    Reconnect,
    Heal,
    LivenessCheck,
    ReplaceNode,
    StaleRead,
    Timer,
}
