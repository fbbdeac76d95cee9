namespace Raft.Jepsen.Simulation;

/// <summary>A read that a client waits for.</summary>
/// <param name="Floor">What the read must see at least: the highest index acknowledged or read by anybody before it began.</param>
/// <param name="CommitThen">The node's commit index when the read began.</param>
/// <param name="Caller">Is told when the read is served; <c>null</c> when nobody is.</param>
internal readonly record struct PendingRead(ulong Floor, ulong CommitThen, TaskCompletionSource? Caller = null);
