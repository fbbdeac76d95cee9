namespace Raft.Jepsen.Simulation;

/// <summary>What a stream of random numbers decides.</summary>
internal enum RandomPurpose
{
    Setup,
    Ties,
    Link,
    Disk,
    Core,
    Driver,
    Ticks,
    Proposals,
    Reads,
    Changes,
    FaultTimes,
    Faults,
    Triggers,
    TriggeredFaults,
    ReadyCrashes,
    ReadyCrashFaults,
    End,
    LastingCut,
    Leases,
    LeadersHit,
    Disks,
    Staleness,
    StaleReads,
    Nemesis,
    Client,
    Keys,
    Campaign,
}
