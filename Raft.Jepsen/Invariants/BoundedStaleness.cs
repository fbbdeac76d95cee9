using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// S17: a read of a bounded age misses nothing that was acknowledged, or read by somebody, that long before it was asked for, so its state was the newest at some
/// moment since; and as long as a node runs, whoever reads from it never sees an earlier state than before.
/// </summary>
internal sealed class BoundedStaleness(int nodes) : IStaleReadObserver
{
    private readonly (int Incarnation, ulong Index)[] _seen = new (int, ulong)[nodes];

    public void OnStaleRead(SimulatedNode node, ulong floor, ulong index)
    {
        if (index < floor)
        {
            throw new PropertyViolationException(
                "S17 bounded staleness", $"node {node.Id} serves a read at {index}, and {floor} was known longer ago than the read may be old");
        }
    }

    public void OnStaleReadServed(SimulatedNode node, ulong index)
    {
        (int incarnation, ulong seen) = _seen[node.Position];
        if (incarnation == node.Incarnation && index < seen)
        {
            throw new PropertyViolationException("S17 bounded staleness", $"node {node.Id} serves a read at {index}, after one at {seen}");
        }

        _seen[node.Position] = (node.Incarnation, index);
    }
}
