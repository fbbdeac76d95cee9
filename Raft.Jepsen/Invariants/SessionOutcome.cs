namespace Raft.Jepsen.Invariants;

/// <summary>What the sessions make of an entry.</summary>
/// <param name="Reply">Hash of the reply; 0 when the entry is no command.</param>
/// <param name="State">What all commands that were carried out up to there have changed.</param>
/// <param name="Sessions">Number of sessions then.</param>
internal readonly record struct SessionOutcome(ulong Reply, ulong State, int Sessions);
