using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S2: while a node leads, it removes nothing from its log.</summary>
internal sealed class LeaderAppendOnly : ITruncationObserver
{
    public void OnTruncating(SimulatedNode node, ulong from)
    {
        if (node.IsLeader && node.SeenRole == Role.Leader && node.SeenTerm == node.Core!.Term)
        {
            throw new PropertyViolationException(
                "S2 leader append-only",
                $"leader {node.Id} replaces its log from {from} on in term {node.SeenTerm}");
        }
    }
}
