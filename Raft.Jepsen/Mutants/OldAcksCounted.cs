using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A leader counts acknowledgements of earlier terms, also as answers to its rounds of reads.</summary>
internal sealed class OldAcksCounted() : Mutant("old-acks-counted", "A leader counts acknowledgements of earlier terms.", "S6", "S12", "S9", "S15")
{
    public override void Deliver(SimulatedNode node, in Message message)
        => node.Core!.Step(
            message.Type == MessageType.AppendResponse && !message.Reject && message.Term < node.Core.Term
                ? message with { Term = node.Core.Term }
                : message);
}
