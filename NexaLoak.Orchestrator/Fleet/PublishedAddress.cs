namespace NexaLoak.Orchestrator.Fleet;

/// <summary>A record of this cluster that the domain is believed to hold.</summary>
/// <param name="Node">The node it was made for.</param>
/// <param name="Term">Raft term of the leader that wrote it.</param>
internal sealed record PublishedAddress(string Node, ulong Term);
