namespace Raft.Jepsen.Reports;

/// <summary>A fault, from its beginning to its end.</summary>
/// <param name="Fault">Its name, such as <c>kill</c>.</param>
/// <param name="Nodes">Whom it hit; none when it hit no node in particular.</param>
/// <param name="FromNs">When it began, in nanoseconds since the history's beginning.</param>
/// <param name="ToNs">When it ended; the same as its beginning for what does not last.</param>
internal sealed record FaultSpan(string Fault, IReadOnlyList<ulong> Nodes, long FromNs, long ToNs);
