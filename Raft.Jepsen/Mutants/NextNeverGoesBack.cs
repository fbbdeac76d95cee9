using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A leader does not look further back when a follower refuses.</summary>
internal sealed class NextNeverGoesBack()
    : Mutant("next-never-goes-back", "A leader does not look further back when a follower refuses.", "L")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        if (message.Type != MessageType.AppendResponse || !message.Reject || message.Term > node.Core!.Term)
        {
            node.Core!.Step(message);
        }
    }
}
