using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S22: a restarted core has exactly what the disk held.</summary>
internal sealed class RecoveryEquivalence : IRestartObserver
{
    public void OnRestarted(SimulatedNode node, RecoveredState recovered)
    {
        bool same = node.Core!.Term == recovered.HardState.Term
            && node.Core.VotedFor == recovered.HardState.VotedFor
            && node.Core.LastLogId == node.Disk.Durable.LastId
            && node.Core.StableIndex == recovered.LastIndex
            && node.Core.CommitIndex == Math.Max(recovered.HardState.Commit, recovered.Snapshot?.Id.Index ?? 0);
        if (!same)
        {
            throw new PropertyViolationException("S22 recovery", $"node {node.Id} restarts with another state than its disk held");
        }
    }
}
