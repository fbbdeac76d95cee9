using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S4: a leader has every entry that was committed in an earlier term.</summary>
internal sealed class LeaderCompleteness(CommittedHistory committed) : IRoleObserver
{
    public void OnLeader(SimulatedNode node)
    {
        ulong index = committed.LastIndex;
        while (index > 0 && committed.CommittedIn(index) >= node.Core!.Term)
        {
            index--;
        }

        if (!node.Disk.Issued.Holds(index, committed.ChainAt(index)))
        {
            throw new PropertyViolationException(
                "S4 leader completeness", $"leader {node.Id} of term {node.Core!.Term} lacks entries that are committed up to {index}");
        }
    }
}
