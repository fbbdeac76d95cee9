using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every message as it leaves a node.</summary>
internal interface ISendObserver
{
    void OnSending(SimulatedNode node, in Message message);
}
