namespace Raft.Jepsen.Simulation;

/// <summary>Faults that come by themselves, each at a rate of its own.</summary>
internal enum FaultKind
{
    Crash,
    CrashAll,
    DiskFailure,
    Isolate,
    Split,
    Bridge,
    OneWayCut,
    Pause,
    SlowDisk,
    SlowLink,
    ClockRate,
    Transfer,
    StrandLeader,
    ReplayAcks,
    PauseLeader,
    FullDisk,
    DamagedDisk,
    WipedDisk,
}
