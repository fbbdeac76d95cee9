using Raft.Core.Consensus;

namespace Raft.Jepsen.Mutants;

/// <summary>A vote is told before it is durable.</summary>
internal sealed class VoteBeforeDurable() : Mutant("vote-before-durable", "A vote is told before it is durable.", "S10", "S11")
{
    public override bool SendsAtOnce(in Message message) => message.Type is MessageType.VoteResponse or MessageType.VoteRequest;
}
