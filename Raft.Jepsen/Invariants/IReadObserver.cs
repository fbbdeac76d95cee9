using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every read as it is served.</summary>
internal interface IReadObserver
{
    void OnRead(SimulatedNode node, in PendingRead read, ulong index);
}
