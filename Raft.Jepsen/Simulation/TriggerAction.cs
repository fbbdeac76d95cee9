namespace Raft.Jepsen.Simulation;

/// <summary>What an event-triggered fault does.</summary>
internal enum TriggerAction
{
    CrashActor,
    CrashLeader,
    CrashMajority,
    IsolateActor,
    IsolateLeader,
    MuteActor,
    DeafenActor,
    PauseActor,
    ReplayAcksToActor,
}
