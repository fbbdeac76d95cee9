namespace Raft.Jepsen.Running;

/// <summary>What all nodes of a quiet cluster say alike.</summary>
/// <param name="Leader">Who leads.</param>
/// <param name="Term">In which term.</param>
/// <param name="Applied">Highest index that is applied.</param>
/// <param name="Hash">Hash of the state there.</param>
/// <param name="Snapshot">The last entry in the oldest of the nodes' newest snapshots.</param>
internal sealed record ConvergedState(ulong Leader, ulong Term, ulong Applied, string Hash, ulong Snapshot);
