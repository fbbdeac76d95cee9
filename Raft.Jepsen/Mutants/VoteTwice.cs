using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A voter who has voted in a term says yes to others too.</summary>
internal sealed class VoteTwice()
    : Mutant("vote-twice", "A voter who has voted in a term says yes to others too.", "S10", "S1", "S13", "assertion")
{
    public override Message Outgoing(SimulatedNode node, in Message message)
        => message is { Type: MessageType.VoteResponse, Reject: true } && node.Core!.Term == message.Term
            && node.Core.VotedFor != NodeId.None
            ? message with { Reject = false }
            : message;
}
