using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// S5: no two nodes apply different entries at one index, nor reach different states; nothing is applied that is not committed.
/// </summary>
internal sealed class StateMachineSafety(CommittedHistory committed) : IApplyObserver
{
    public void OnApplied(SimulatedNode node)
    {
        ulong index = node.StateMachine.AppliedIndex;
        if (index > committed.LastIndex)
        {
            throw new PropertyViolationException(
                "S8 applied is committed",
                $"node {node.Id} applies {index}, and {committed.LastIndex} is committed");
        }

        if (node.StateMachine.IsPartial)
        {
            return;
        }

        if (committed.StateAt(index, node.StateMachine.State) != node.StateMachine.State)
        {
            throw new PropertyViolationException(
                "S5 state machine safety",
                $"node {node.Id} has another state after {index} than a node before it");
        }
    }
}
