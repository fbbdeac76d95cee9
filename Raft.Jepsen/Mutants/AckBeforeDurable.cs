using Raft.Core.Consensus;

namespace Raft.Jepsen.Mutants;

/// <summary>A follower acknowledges entries before they are durable.</summary>
internal sealed class AckBeforeDurable()
    : Mutant("ack-before-durable", "A follower acknowledges entries before they are durable.", "S12", "S6", "S11")
{
    public override bool SendsAtOnce(in Message message) => message.Type == MessageType.AppendResponse;
}
