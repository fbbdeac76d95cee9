using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S15: a read sees everything that was acknowledged, or read by somebody, before it began.</summary>
internal sealed class ReadLinearizability : IReadObserver
{
    public void OnRead(SimulatedNode node, in PendingRead read, ulong index)
    {
        if (index < read.Floor)
        {
            throw new PropertyViolationException(
                "S15 linearizable reads",
                $"node {node.Id} serves a read at {index} that began after {read.Floor} was known");
        }
    }
}
