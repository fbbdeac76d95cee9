using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// A leader's next index for a member lies above what matches, and at most one beyond its log; what matches is durable there.
/// </summary>
internal sealed class ProgressBounds(IReadOnlyList<SimulatedNode> nodes) : ICommitObserver
{
    public void OnCommit(SimulatedNode node, ulong before, ulong after)
    {
        if (node.IsLeader)
        {
            node.Core!.VisitProgress(
                (Leader: node, Nodes: nodes),
                static (state, peer, match, next, _) => Check(state.Leader, state.Nodes[(int)peer.Value - 1], match, next));
        }
    }

    private static void Check(SimulatedNode leader, SimulatedNode peer, ulong match, ulong next)
    {
        if (next <= match || next > leader.Core!.LastLogId.Index + 1)
        {
            throw new PropertyViolationException(
                "I5 progress bounds",
                $"leader {leader.Id} has match {match} and next {next} for node {peer.Id}");
        }

        if (peer.Core is { } core && core.Term == leader.Core.Term && !peer.Disk.Durable.Holds(match, leader.Disk.Issued.ChainAt(match)))
        {
            throw new PropertyViolationException(
                "S12 durable acknowledgements",
                $"leader {leader.Id} has match {match} for node {peer.Id}, whose disk does not hold it");
        }
    }
}
