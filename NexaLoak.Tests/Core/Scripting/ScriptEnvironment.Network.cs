using System.Text;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core.Scripting;

// Messages arrive, are lost, come late, or are made up.
internal sealed partial class ScriptEnvironment
{
    /// <summary><c>deliver 2 from=1 type=VoteRequest most=1</c>: what is under way to a node, or what of it matches.</summary>
    [Verb("deliver")]
    private void Deliver(ScriptCommand command)
    {
        if (!Deliver(TakeMessages(command)))
        {
            _output.Add("> nothing is under way");
        }
    }

    [Verb("drop")]
    private void Drop(ScriptCommand command) => TakeMessages(command).ForEach(message => _output.Add($"  lost: {ScriptPrinter.Print(message)}"));

    /// <summary>Delivers messages, which stay under way: they will arrive a second time.</summary>
    [Verb("duplicate")]
    private void Duplicate(ScriptCommand command)
    {
        List<Message> messages = TakeMessages(command);
        Deliver(messages);
        messages.ForEach(message => _network.Send(message));
    }

    /// <summary>Holds messages back until <c>release</c>.</summary>
    [Verb("delay")]
    private void Delay(ScriptCommand command)
    {
        List<Message> messages = TakeMessages(command);
        messages.ForEach(message => _output.Add($"  delayed: {ScriptPrinter.Print(message)}"));
        _network.Delay(messages);
    }

    [Verb("release")]
    private void Release(ScriptCommand command) => _network.Release().ForEach(message => _output.Add($"  released: {ScriptPrinter.Print(message)}"));

    /// <summary>Cuts all links of the nodes, or with <c>from=</c> those that lead from there to them. What is under way already still arrives.</summary>
    [Verb("isolate")]
    private void Isolate(ScriptCommand command)
    {
        ulong? from = command.TakeNumber("from");
        foreach (NodeId id in command.TakeIds())
        {
            foreach (NodeId other in _nodes.Keys.Where(other => other != id && (from is null || other.Value == from)))
            {
                _network.Cut(other, id);
                if (from is null)
                {
                    _network.Cut(id, other);
                }
            }
        }
    }

    [Verb("heal")]
    private void Heal(ScriptCommand command)
    {
        foreach (NodeId id in command.TakeIds().DefaultIfEmpty(NodeId.None))
        {
            _network.Heal(id);
        }
    }

    [Verb("under-way")]
    private void UnderWay(ScriptCommand command)
    {
        foreach (Message message in _network.UnderWay)
        {
            _output.Add($"  {ScriptPrinter.Print(message)}");
        }
    }

    /// <summary>
    /// Makes a message up and delivers it at once: <c>inject AppendRequest from=2 to=1 term=4 last=3/7 commit=6 entries=(4 4)</c>. Entries are given by
    /// their terms, and <c>last</c> fills the log position, whatever it means in that type.
    /// </summary>
    [Verb("inject")]
    private void Inject(ScriptCommand command)
    {
        LogId position = command.TakeLogId("last");
        LogId hint = command.TakeLogId("hint");
        var message = new Message
        {
            Type = ParseType(command.TakeWord("message type")),
            From = new NodeId(command.TakeNumber("from", 0)),
            To = new NodeId(command.TakeNumber("to", 0)),
            Term = command.TakeNumber("term", 0),
            LogIndex = position.Index,
            LogTerm = hint == default ? position.Term : hint.Term,
            RejectHint = hint.Index,
            Commit = command.TakeNumber("commit", 0),
            ReadContext = command.TakeNumber("read", 0),
            Reject = command.TakeFlag("refused"),
            LeadershipTransfer = command.TakeFlag("by-transfer"),
            Entries = command.TakeNumbers("entries")
                .Select((term, i) => new Entry(term, position.Index + 1 + (ulong)i, EntryType.Command, Encoding.ASCII.GetBytes("made up")))
                .ToArray(),
        };
        Deliver([message]);
    }

    private bool Deliver(List<Message> messages)
    {
        foreach (Message message in messages)
        {
            ScriptNode node = Node(message.To);
            _output.Add($"> {ScriptPrinter.Print(message)}{(node.IsUp ? "" : " (is down)")}");
            if (node.IsUp)
            {
                node.Core.Step(message);
                Observe(node);
            }
        }

        return messages.Count > 0;
    }

    private List<Message> TakeMessages(ScriptCommand command)
    {
        IReadOnlyList<NodeId> to = command.TakeIds();
        ulong? from = command.TakeNumber("from");
        MessageType? type = command.TakeText("type") is { } name ? ParseType(name) : null;
        ulong most = command.TakeNumber("most", int.MaxValue);
        return _network.Take(
            message => (to.Count == 0 || to.Contains(message.To))
                && (from is null || message.From.Value == from)
                && (type is null || message.Type == type),
            (int)most);
    }

    private static MessageType ParseType(string name)
        => Enum.TryParse(name, out MessageType type) ? type : throw new ScriptException($"there is no message type '{name}'");
}
