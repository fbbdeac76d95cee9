using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every node that has begun to lead.</summary>
internal interface IRoleObserver
{
    void OnLeader(SimulatedNode node);
}
