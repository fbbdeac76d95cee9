using Raft.Core.Log;
using Raft.Core.Sessions;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// S18: a command of a session changes the state at most once, so every attempt that is carried out or repeated has the first one's reply, on every node;
/// S20: a snapshot brings the sessions as they were.
/// </summary>
internal sealed class AtMostOnce(CommittedHistory committed) : IApplyObserver, ISnapshotObserver
{
    private readonly Dictionary<(ulong Session, ulong Sequence), ulong> _replies = [];
    private readonly Dictionary<ulong, ulong> _tables = [];

    public void OnApplied(SimulatedNode node)
    {
        HashStateMachine machine = node.StateMachine;
        if (machine.Reply.IsEmpty || machine.AppliedIndex > committed.LastIndex)
        {
            return;
        }

        bool isProposal = SessionCodec.TryDecode(committed[machine.AppliedIndex].Entry.Payload, out SessionCommand command)
            && command.Kind == SessionCommandKind.Propose;
        if (!isProposal || SessionCodec.DecodeReply(machine.Reply).Status != SessionStatus.Applied)
        {
            return;
        }

        ulong reply = Hash.Chain(0, machine.Reply.Span);
        if (!_replies.TryAdd((command.Session, command.Sequence), reply) && _replies[(command.Session, command.Sequence)] != reply)
        {
            throw new PropertyViolationException(
                "S18 at most once",
                $"node {node.Id} gives command {command.Sequence} of session {command.Session} another reply at {machine.AppliedIndex} than it had first");
        }
    }

    public void OnBaseMoving(SimulatedNode node, LogId newBase, bool keepsSuffix)
    {
    }

    /// <summary>Nodes that saved a snapshot at one entry have the same sessions there.</summary>
    public void OnSaving(SimulatedNode node) => Check(node, "S18 at most once", "has other sessions than another node had");

    public void OnRestored(SimulatedNode node, SnapshotMetadata snapshot) => Check(node, "S20 snapshot correctness", "restores other sessions than were saved");

    private void Check(SimulatedNode node, string property, string what)
    {
        HashStateMachine machine = node.StateMachine;
        if (machine.IsPartial || machine.SessionHash is not { } hash)
        {
            return;
        }

        if (!_tables.TryAdd(machine.AppliedIndex, hash) && _tables[machine.AppliedIndex] != hash)
        {
            throw new PropertyViolationException(property, $"node {node.Id} {what} at {machine.AppliedIndex}");
        }
    }
}
