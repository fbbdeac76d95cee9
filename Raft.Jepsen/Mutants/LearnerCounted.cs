using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>What a learner acknowledges counts towards the majority: the core hears it from a voter too.</summary>
internal sealed class LearnerCounted()
    : Mutant("learner-counted", "A leader counts what a learner acknowledges towards the majority.", "S6", "S12", "S14")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        node.Core!.Step(message);
        ClusterConfiguration configuration = node.Core.Configuration;
        if (message is not { Type: MessageType.AppendResponse, Reject: false } || !configuration.Learners.Contains(message.From))
        {
            return;
        }

        foreach (NodeId voter in configuration.Voters)
        {
            if (voter != node.Id)
            {
                node.Core.Step(message with { From = voter });
                return;
            }
        }
    }
}
