using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// S20: a snapshot holds what the committed log up to its entry leads to, and replaces no log that holds that entry; S21: nothing is given up that no
/// sealed snapshot covers.
/// </summary>
internal sealed class SnapshotSafety(CommittedHistory committed) : ISnapshotObserver
{
    public void OnBaseMoving(SimulatedNode node, LogId newBase, bool keepsSuffix)
    {
        SnapshotMetadata? snapshot = node.Core!.Snapshot;
        if (snapshot is null || snapshot.Id.Index < newBase.Index || node.Disk.ContentOf(snapshot) is null)
        {
            throw new PropertyViolationException("S21 compaction safety", $"node {node.Id} gives up its log up to {newBase} without a snapshot of it");
        }

        if (newBase.Index > committed.LastIndex || committed[newBase.Index].Entry.Id != newBase)
        {
            throw new PropertyViolationException("S20 snapshot correctness", $"node {node.Id} makes {newBase} its base, which is not committed");
        }

        if (newBase.Index < node.Disk.Issued.Base.Index)
        {
            throw new PropertyViolationException("S21 compaction safety", $"node {node.Id} moves its base from {node.Disk.Issued.Base} back to {newBase}");
        }
    }

    public void OnSaving(SimulatedNode node)
    {
    }

    public void OnRestored(SimulatedNode node, SnapshotMetadata snapshot)
    {
        ulong index = snapshot.Id.Index;
        bool same = index <= committed.LastIndex && node.StateMachine.AppliedIndex == index
            && (node.StateMachine.IsPartial
                ? snapshot.Size == 0
                : committed.StateAt(index, node.StateMachine.State) == node.StateMachine.State);
        if (!same)
        {
            throw new PropertyViolationException("S20 snapshot correctness", $"node {node.Id} restores another state at {snapshot.Id} than its log leads to");
        }
    }
}
