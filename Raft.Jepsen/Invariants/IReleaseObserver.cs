using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every message as the driver lets it go, with the write that it waited for.</summary>
internal interface IReleaseObserver
{
    void OnReleasing(SimulatedNode node, in OutboundMessage outbound);
}
