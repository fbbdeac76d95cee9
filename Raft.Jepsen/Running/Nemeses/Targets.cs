namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Whom a strike hits.</summary>
/// <param name="Kind">What they are, in one word.</param>
/// <param name="Nodes">Their ids.</param>
internal sealed record Targets(string Kind, ulong[] Nodes);
