namespace Raft.Jepsen.Simulation;

/// <summary>One event of a run, as text.</summary>
/// <param name="At">Virtual time in microseconds.</param>
/// <param name="Node">The node that it happened to, by id.</param>
/// <param name="From">The sender of a message that arrived; else 0.</param>
/// <param name="What">What happened.</param>
internal readonly record struct TracedEvent(long At, int Node, int From, string What);
