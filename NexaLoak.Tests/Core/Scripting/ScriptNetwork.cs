using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core.Scripting;

/// <summary>Messages under way, in the order in which they were sent, and the links that are cut.</summary>
internal sealed class ScriptNetwork
{
    private readonly List<Message> _underWay = [];
    private readonly List<Message> _delayed = [];
    private readonly HashSet<(NodeId From, NodeId To)> _cut = [];

    /// <summary>Sends a message. Returns false when the link is cut and the message lost.</summary>
    public bool Send(in Message message)
    {
        bool arrives = !_cut.Contains((message.From, message.To));
        if (arrives)
        {
            _underWay.Add(message);
        }

        return arrives;
    }

    /// <summary>Removes the messages that are under way and match.</summary>
    public List<Message> Take(Predicate<Message> matches, int most = int.MaxValue)
    {
        List<Message> taken = [.. _underWay.Where(message => matches(message)).Take(most)];
        foreach (Message message in taken)
        {
            _underWay.Remove(message);
        }

        return taken;
    }

    public IReadOnlyList<Message> UnderWay => _underWay;

    public void Delay(IEnumerable<Message> messages) => _delayed.AddRange(messages);

    /// <summary>Puts the delayed messages behind those under way.</summary>
    public List<Message> Release()
    {
        List<Message> released = [.. _delayed];
        _underWay.AddRange(released);
        _delayed.Clear();
        return released;
    }

    public void Cut(NodeId from, NodeId to) => _cut.Add((from, to));

    /// <summary>Repairs all links of a node, or all there are.</summary>
    public void Heal(NodeId node) => _cut.RemoveWhere(link => node.IsNone || link.From == node || link.To == node);
}
