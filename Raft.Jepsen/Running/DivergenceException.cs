namespace Raft.Jepsen.Running;

/// <summary>Nodes that have applied the same log have different states.</summary>
internal sealed class DivergenceException(string message) : Exception(message);
