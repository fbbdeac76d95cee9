using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A follower answers each heartbeat twice: nothing breaks, but an idle cluster talks too much.</summary>
internal sealed class HeartbeatAnsweredTwice()
    : Mutant("heartbeat-answered-twice", "A follower answers each heartbeat twice.", "L5")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        node.Core!.Step(message);
        if (message.Type == MessageType.HeartbeatRequest)
        {
            node.Core.Step(message);
        }
    }
}
