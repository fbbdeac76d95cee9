using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A leader does not step down on a higher term in a reply.</summary>
internal sealed class LeaderIgnoresHigherTerm()
    : Mutant("leader-ignores-higher-term", "A leader does not step down on a higher term in a reply.", "L")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        bool isReply = message.Type is MessageType.AppendResponse or MessageType.HeartbeatResponse;
        if (!isReply || message.Term <= node.Core!.Term)
        {
            node.Core!.Step(message);
        }
    }
}
