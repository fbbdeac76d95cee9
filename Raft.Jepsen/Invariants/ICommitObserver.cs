using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every change of a node's commit index.</summary>
internal interface ICommitObserver
{
    void OnCommit(SimulatedNode node, ulong before, ulong after);
}
