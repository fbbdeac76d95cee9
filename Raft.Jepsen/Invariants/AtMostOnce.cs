using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// S18: a command of a session changes the state at most once, every attempt has the first one's reply, and the log alone says when a session ends: on every node
/// all is as a simple model of the sessions has it, which gets the committed log; S20: a snapshot brings the sessions as they were.
/// </summary>
internal sealed class AtMostOnce(CommittedHistory committed) : IApplyObserver, ISnapshotObserver
{
    private readonly SessionReference _reference = new();
    private readonly List<SessionOutcome> _outcomes = [];
    private readonly Dictionary<ulong, ulong> _tables = [];

    public void OnApplied(SimulatedNode node)
    {
        HashStateMachine machine = node.StateMachine;
        if (!machine.HasSessions || machine.IsPartial || machine.AppliedIndex > committed.LastIndex)
        {
            return;
        }

        SessionOutcome expected = OutcomeAt(machine.AppliedIndex);
        if (HashOf(machine.Reply.Span) != expected.Reply)
        {
            throw new PropertyViolationException("S18 at most once", $"node {node.Id} gives another reply at {machine.AppliedIndex} than it must");
        }

        CheckState(node, expected, "S18 at most once");
    }

    public void OnBaseMoving(SimulatedNode node, LogId newBase, bool keepsSuffix)
    {
    }

    /// <summary>Nodes that saved a snapshot at one entry have the same sessions there.</summary>
    public void OnSaving(SimulatedNode node) => CheckTable(node, "S18 at most once", "has other sessions than another node had");

    public void OnRestored(SimulatedNode node, SnapshotMetadata snapshot)
    {
        HashStateMachine machine = node.StateMachine;
        if (machine.HasSessions && !machine.IsPartial && machine.AppliedIndex <= committed.LastIndex)
        {
            CheckState(node, OutcomeAt(machine.AppliedIndex), "S20 snapshot correctness");
        }

        CheckTable(node, "S20 snapshot correctness", "restores other sessions than were saved");
    }

    /// <summary>Feeds the model as far as needed.</summary>
    private SessionOutcome OutcomeAt(ulong index)
    {
        while ((ulong)_outcomes.Count < index)
        {
            Entry entry = committed[(ulong)_outcomes.Count + 1].Entry;
            ulong reply = entry.Type == EntryType.Command ? HashOf(_reference.Take(entry.Index, entry.Payload.Span)) : 0;
            _outcomes.Add(new SessionOutcome(reply, _reference.State, _reference.Sessions));
        }

        return _outcomes[(int)index - 1];
    }

    private static ulong HashOf(ReadOnlySpan<byte> reply) => reply.IsEmpty ? 0 : Hash.Chain(0, reply);

    private static void CheckState(SimulatedNode node, in SessionOutcome expected, string property)
    {
        HashStateMachine machine = node.StateMachine;
        if ((machine.SessionState, machine.SessionCount) != (expected.State, expected.Sessions))
        {
            throw new PropertyViolationException(
                property,
                $"node {node.Id} has {machine.SessionCount} sessions at {machine.AppliedIndex}, or other effects of their commands, than the log leads to");
        }
    }

    private void CheckTable(SimulatedNode node, string property, string what)
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
