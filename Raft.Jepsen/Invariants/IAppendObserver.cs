using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every entry that a node writes or finds at a restart.</summary>
internal interface IAppendObserver
{
    void OnAppended(SimulatedNode node, in LogSlot slot);
}
