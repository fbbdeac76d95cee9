using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at a node's state machine after every entry.</summary>
internal interface IApplyObserver
{
    void OnApplied(SimulatedNode node);
}
