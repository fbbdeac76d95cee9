using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>An answer to an earlier read round confirms a later one too.</summary>
internal sealed class ReadContextReused()
    : Mutant("read-context-reused", "An answer to an earlier read round confirms a later one too.", "S15")
{
    public override void Deliver(SimulatedNode node, in Message message)
        => node.Core!.Step(
            message.Type is MessageType.HeartbeatResponse or MessageType.AppendResponse
                ? message with { ReadContext = ulong.MaxValue }
                : message);
}
