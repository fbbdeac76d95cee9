using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at what a node found on its disk, after its core was made from it.</summary>
internal interface IRestartObserver
{
    void OnRestarted(SimulatedNode node, RecoveredState recovered);
}
