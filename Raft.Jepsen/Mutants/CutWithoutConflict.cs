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
            node.Disk.Durable.TruncateFrom(message.LogIndex + (ulong)message.Entries.Length + 1);
            node.Disk.Crash(survivors: 0, None);
            node.Core = new RaftCore(
                node.Id, node.Core!.Configuration, node.Options, node.Disk.Recover(), node.Disk, seed: message.Term);
            node.SeenCommit = node.Core.CommitIndex;
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
        bool isQuiet = node.Disk.PendingWrites == 0 && node.Disk.Durable.LastIndex == core.LastLogId.Index && core.Term == node.Disk.DurableState.Term;
        bool hasSnapshotWork = node.Saving is not null || node.Staged is not null || node.StagedWrites.Count > 0;
        return isOlder && isQuiet && !hasSnapshotWork && AreHeld(core, message);
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
