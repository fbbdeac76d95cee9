using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>One yes more than there is counts towards every majority.</summary>
internal sealed class QuorumTooSmall()
    : Mutant("quorum-too-small", "One yes more than there is counts towards every majority.", "S1", "S6", "S4", "S12")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        node.Core!.Step(message);
        if (message.Type is MessageType.AppendResponse or MessageType.VoteResponse && !message.Reject)
        {
            IReadOnlyList<NodeId> voters = node.Core.Configuration.Voters;
            node.Core.Step(message with { From = voters[(int)(message.From.Value % (ulong)voters.Count)] });
        }
    }
}
