using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A candidate counts votes of earlier terms.</summary>
internal sealed class OldVotesCounted()
    : Mutant("old-votes-counted", "A candidate counts votes of earlier terms.", "S1", "S4", "S11", "assertion")
{
    public override void Deliver(SimulatedNode node, in Message message)
        => node.Core!.Step(
            message.Type == MessageType.VoteResponse && !message.Reject && message.Term < node.Core.Term
                ? message with { Term = node.Core.Term }
                : message);
}
