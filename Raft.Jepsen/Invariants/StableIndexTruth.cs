using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// E1: what a core takes for durable is on its disk, and is what its log holds now, not what stood there before; nothing else is applied.
/// </summary>
internal sealed class StableIndexTruth : ICommitObserver, IApplyObserver
{
    public void OnCommit(SimulatedNode node, ulong before, ulong after) => Check(node, node.Core!.StableIndex);

    public void OnApplied(SimulatedNode node) => Check(node, node.StateMachine.AppliedIndex);

    private static void Check(SimulatedNode node, ulong index)
    {
        if (!node.Disk.Durable.Holds(index, node.Disk.Issued.ChainAt(Math.Min(index, node.Disk.Issued.LastIndex))))
        {
            throw new PropertyViolationException(
                "E1 stable index",
                $"node {node.Id} takes its log for durable up to {index}, and its disk holds another one");
        }
    }
}
