using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S7: a leader commits by counting only entries of its own term.</summary>
internal sealed class CommitRule : ICommitObserver
{
    public void OnCommit(SimulatedNode node, ulong before, ulong after)
    {
        if (node.IsLeader && node.Disk.Issued[after].Entry.Term != node.Core!.Term)
        {
            throw new PropertyViolationException(
                "S7 commit rule",
                $"leader {node.Id} of term {node.Core.Term} commits up to {node.Disk.Issued[after].Entry.Id} by counting");
        }
    }
}
