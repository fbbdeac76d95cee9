using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S12: a follower acknowledges only entries that are durable, and the same as its leader's.</summary>
internal sealed class AckDurability(IReadOnlyList<SimulatedNode> nodes) : ISendObserver
{
    public void OnSending(SimulatedNode node, in Message message)
    {
        if (message.Type != MessageType.AppendResponse || message.Reject)
        {
            return;
        }

        SimulatedNode leader = nodes[(int)message.To.Value - 1];
        bool leads = leader.IsLeader && leader.Core!.Term == message.Term;
        bool holds = message.LogIndex <= node.Disk.Durable.LastIndex
            && (!leads || leader.Disk.Issued.Holds(message.LogIndex, node.Disk.Durable.ChainAt(message.LogIndex)));
        if (!holds && leads)
        {
            throw new PropertyViolationException(
                "S12 durable acknowledgements",
                $"node {node.Id} acknowledges {message.LogIndex} to {leader.Id} in term {message.Term}; its disk does not hold it");
        }
    }
}
