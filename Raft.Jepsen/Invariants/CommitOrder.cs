using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// S8: the commit index never falls while a node runs, and lies within its log; S9: what is committed is the same everywhere and for ever.
/// </summary>
internal sealed class CommitOrder(CommittedHistory committed) : ICommitObserver, ITruncationObserver, IRestartObserver
{
    public void OnCommit(SimulatedNode node, ulong before, ulong after)
    {
        if (after < before || after > node.Disk.Issued.LastIndex)
        {
            throw new PropertyViolationException(
                "S8 commit order",
                $"node {node.Id} moves its commit index from {before} to {after}, and its log ends at {node.Disk.Issued.LastIndex}");
        }

        Check(node, after);
    }

    /// <summary>
    /// A node that still follows an earlier leader may lose its copy: it is none of those that the commit counted. It may have entered
    /// later terms since, so the term that counts is the one in which its driver saw it last.
    /// </summary>
    public void OnTruncating(SimulatedNode node, ulong from)
    {
        if (from <= committed.LastIndex && node.SeenTerm >= committed.CommittedIn(from)
            && node.Disk.Issued.Holds(from, committed.ChainAt(from)))
        {
            throw new PropertyViolationException("S9 committed is immutable", $"node {node.Id} removes entry {from}, which is committed");
        }
    }

    public void OnRestarted(SimulatedNode node, RecoveredState recovered)
    {
        if (recovered.HardState.Commit > recovered.LastIndex)
        {
            throw new PropertyViolationException(
                "S8 commit order",
                $"node {node.Id} restarts with commit index {recovered.HardState.Commit} and a log up to {recovered.LastIndex}");
        }

        Check(node, recovered.HardState.Commit);
    }

    private void Check(SimulatedNode node, ulong index)
    {
        if (index > committed.LastIndex)
        {
            throw new PropertyViolationException(
                "S8 commit order",
                $"node {node.Id} takes {index} for committed, and {committed.LastIndex} is");
        }

        if (!node.Disk.Issued.Holds(index, committed.ChainAt(index)))
        {
            throw new PropertyViolationException(
                "S9 committed is immutable",
                $"node {node.Id} takes another log up to {index} for committed");
        }
    }
}
