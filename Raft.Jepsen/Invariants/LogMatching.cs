using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S3: where two logs have an entry of the same index and term, they are the same up to there; a restarted one too.</summary>
internal sealed class LogMatching(WrittenChains chains) : IAppendObserver, IRestartObserver
{
    public void OnAppended(SimulatedNode node, in LogSlot slot)
    {
        if (chains.Of(slot.Entry.Id) != slot.Chain)
        {
            throw new PropertyViolationException(
                "S3 log matching",
                $"node {node.Id} has another log up to {slot.Entry.Id} than was written before");
        }
    }

    public void OnRestarted(SimulatedNode node, RecoveredState recovered)
    {
        if (node.Disk.Durable.LastIndex > 0)
        {
            OnAppended(node, node.Disk.Durable[node.Disk.Durable.LastIndex]);
        }
    }
}
