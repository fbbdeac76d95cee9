namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Where a command comes from.</summary>
/// <param name="Proposer">Raft id of the node that made it.</param>
/// <param name="Term">Term in which it was committed to the log.</param>
/// <param name="TimeUnixMs">The proposer's clock, in milliseconds since 1970-01-01 UTC.</param>
internal readonly record struct CommandOrigin(ulong Proposer, ulong Term, long TimeUnixMs);
