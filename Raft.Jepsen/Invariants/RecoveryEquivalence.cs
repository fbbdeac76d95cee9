using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// S22: a restarted core has exactly what was durable when the node went down. Where the disk does not hold that any more, there is no restart.
/// </summary>
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

        DiskContent kept = node.Disk.Kept;
        if ((recovered.Base, node.Core.LastLogId, recovered.Snapshot?.Id ?? default) != (kept.Base, kept.Last, kept.Snapshot))
        {
            throw new PropertyViolationException(
                "S22 recovery", $"node {node.Id} restarts with a log up to {node.Core.LastLogId}, and {kept.Last} was durable when it went down");
        }

        if (node.Disk.FindDamage() is { } damage)
        {
            throw new PropertyViolationException("S22 recovery", $"node {node.Id} restarts from a disk with {damage}");
        }
    }
}
