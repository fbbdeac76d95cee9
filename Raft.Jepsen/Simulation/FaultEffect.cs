namespace Raft.Jepsen.Simulation;

/// <summary>What a fault does. A <see cref="FaultKind"/> or a <see cref="TriggerAction"/> comes down to one or more of these.</summary>
internal enum FaultEffect
{
    Crash,
    FailDisk,
    Cut,
    Pause,
    SlowDisk,
    SlowLink,
    ClockRate,
    Transfer,
    ReplayAcks,
    StayDown,
    FillDisk,
    DamageDisk,
    WipeDisk,
}
