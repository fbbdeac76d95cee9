using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>
/// A snapshot takes the place of the whole log, also where the log holds its last entry and goes on behind it. The core wakes up with the shorter log, in the
/// same term and with the same vote.
/// </summary>
internal sealed class MatchingSuffixDropped()
    : Mutant("matching-suffix-dropped", "A snapshot takes the place of the log also where the two match.", "S20", "S6", "S12", "S9", "S8")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        if (message.Chunk is { } chunk && Matches(node, message, chunk.Snapshot.Id))
        {
            ulong last = Math.Max(chunk.Snapshot.Id.Index, Math.Max(node.Core!.CommitIndex, node.StateMachine.AppliedIndex));
            node.Wake(last, message.Term);
        }

        node.Core!.Step(message);
    }

    private static bool Matches(SimulatedNode node, in Message message, LogId last)
    {
        RaftCore core = node.Core!;
        return message.Term == core.Term && core.Role == Role.Follower && core.TermAt(last.Index) == last.Term && node.MayWake;
    }
}
