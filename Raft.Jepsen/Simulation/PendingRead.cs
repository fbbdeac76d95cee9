namespace Raft.Jepsen.Simulation;

/// <summary>A read that a client waits for.</summary>
/// <param name="Term">Term of the leader that was asked; its read rounds are numbered from 1.</param>
/// <param name="Context">The round.</param>
/// <param name="Floor">What the read must see at least: the highest index acknowledged or read by anybody before it began.</param>
/// <param name="CommitThen">The node's commit index when the read began.</param>
internal readonly record struct PendingRead(ulong Term, ulong Context, ulong Floor, ulong CommitThen);
