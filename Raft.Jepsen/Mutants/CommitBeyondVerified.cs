using Raft.Core.Consensus;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A follower commits all it has up to the leader's commit index, verified or not.</summary>
internal sealed class CommitBeyondVerified()
    : Mutant("commit-beyond-verified", "A follower commits all it has up to the leader's commit index, verified or not.", "S5", "S9", "S8")
{
    public override Message Outgoing(SimulatedNode node, in Message message)
        => message.Type == MessageType.HeartbeatRequest ? message with { Commit = node.Core!.CommitIndex } : message;

    public override void Deliver(SimulatedNode node, in Message message)
        => node.Core!.Step(
            message.Type == MessageType.HeartbeatRequest
                ? message with { Commit = Math.Min(message.Commit, node.Core.LastLogId.Index) }
                : message);
}
