using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>
/// A follower cuts its log behind the entries of a message, conflict or not, so a late message removes what was acknowledged. Its core wakes up
/// with the shorter log, in the same term and with the same vote.
/// </summary>
internal sealed class CutWithoutConflict()
    : Mutant("cut-without-conflict", "A follower cuts its log behind the entries of a message, conflict or not.", "S6", "S12", "S9")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        if (IsLate(node, message))
        {
            node.Wake(message.LogIndex + (ulong)message.Entries.Length, message.Term);
        }

        node.Core!.Step(message);
    }

    private static bool IsLate(SimulatedNode node, in Message message)
    {
        RaftCore core = node.Core!;
        ulong end = message.LogIndex + (ulong)message.Entries.Length;
        bool isOlder = message.Type == MessageType.AppendRequest && message.Term == core.Term && core.Role == Role.Follower
            && end < core.LastLogId.Index && end >= node.StateMachine.AppliedIndex && end >= core.CommitIndex
            && core.TermAt(message.LogIndex) == message.LogTerm;
        return isOlder && node.MayWake && AreHeld(core, message);
    }

    private static bool AreHeld(RaftCore core, in Message message)
    {
        bool held = true;
        foreach (ref readonly Entry entry in message.Entries.Span)
        {
            held &= core.TermAt(entry.Index) == entry.Term;
        }

        return held;
    }
}
