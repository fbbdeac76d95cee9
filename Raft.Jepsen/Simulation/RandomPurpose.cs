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
    Clients,
    Faults,
    Triggers,
}
