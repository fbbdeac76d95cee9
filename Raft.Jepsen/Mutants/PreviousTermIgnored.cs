using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A follower does not compare the term of the entry before the new ones.</summary>
internal sealed class PreviousTermIgnored()
    : Mutant("previous-term-ignored", "A follower does not compare the term of the entry before the new ones.", "S3", "S9", "S12")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        bool accepts = message.Type == MessageType.AppendRequest
            && node.Core!.TermAt(message.LogIndex) is { } term
            && (message.Entries.IsEmpty || term <= message.Entries.Span[0].Term);
        node.Core!.Step(accepts ? message with { LogTerm = node.Core.TermAt(message.LogIndex)!.Value } : message);
    }
}
