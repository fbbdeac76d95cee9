using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A candidate does not give way to a candidate of a higher term.</summary>
internal sealed class CandidateIgnoresHigherTerm()
    : Mutant("candidate-ignores-higher-term", "A candidate does not give way to a candidate of a higher term.", "L")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        bool ignores = node.Core!.Role is Role.Candidate or Role.PreCandidate && message.Term > node.Core.Term
            && message.Type is MessageType.VoteRequest or MessageType.PreVoteRequest;
        if (!ignores)
        {
            node.Core.Step(message);
        }
    }
}
