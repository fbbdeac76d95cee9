namespace Raft.Jepsen.Reports;

/// <summary>A node said that it leads.</summary>
/// <param name="TimeNs">When, in nanoseconds since the history's beginning.</param>
/// <param name="Node">The node.</param>
/// <param name="Term">The term in which it leads.</param>
internal sealed record LeaderSighting(long TimeNs, ulong Node, ulong Term);
