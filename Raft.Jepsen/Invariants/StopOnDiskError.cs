using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S23: after a failed write nothing leaves that depends on it.</summary>
internal sealed class StopOnDiskError : IReleaseObserver
{
    public void OnReleasing(SimulatedNode node, in OutboundMessage outbound)
    {
        if (node.Disk.FailedSequence > 0 && outbound.AfterWrite >= node.Disk.FailedSequence)
        {
            throw new PropertyViolationException(
                "S23 stop on disk error",
                $"node {node.Id} sends {outbound.Message.Type} after write {outbound.AfterWrite}, and write {node.Disk.FailedSequence} failed");
        }
    }
}
