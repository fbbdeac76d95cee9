using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A voter does not compare logs.</summary>
internal sealed class VoteForAnyLog() : Mutant("vote-for-any-log", "A voter does not compare logs.", "S13", "S4")
{
    public override void Deliver(SimulatedNode node, in Message message)
        => node.Core!.Step(
            message.Type is MessageType.VoteRequest or MessageType.PreVoteRequest
                ? message with { LogTerm = message.Term }
                : message);
}
