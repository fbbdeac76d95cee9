using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every message just before a node's core gets it.</summary>
internal interface IDeliveryObserver
{
    void OnDelivering(SimulatedNode node, in Message message);
}
