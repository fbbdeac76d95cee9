using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A voter compares only the lengths of the logs.</summary>
internal sealed class VoteByLength() : Mutant("vote-by-length", "A voter compares only the lengths of the logs.", "S13", "S4")
{
    public override void Deliver(SimulatedNode node, in Message message)
        => node.Core!.Step(
            message.Type is MessageType.VoteRequest or MessageType.PreVoteRequest
                ? message with { LogTerm = node.Core.LastLogId.Term }
                : message);
}
