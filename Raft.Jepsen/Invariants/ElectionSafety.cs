using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S1: a term has at most one leader, and no node leads a term twice, not even across restarts.</summary>
internal sealed class ElectionSafety : IRoleObserver
{
    private readonly Dictionary<ulong, (int Node, int Incarnation)> _leaders = [];

    public void OnLeader(SimulatedNode node)
    {
        ulong term = node.Core!.Term;
        if (!_leaders.TryAdd(term, (node.Position, node.Incarnation)))
        {
            throw new PropertyViolationException(
                "S1 election safety", $"node {node.Id} leads term {term}, which node {_leaders[term].Node + 1} has led before");
        }
    }
}
