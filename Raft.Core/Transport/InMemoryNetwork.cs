using System.Collections.Concurrent;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Transport;

/// <summary>
/// Connects the nodes of one process, for tests and examples: a message is delivered on the sender's thread, at once. Links can be cut one way or both.
/// Safe to use from any thread.
/// </summary>
public sealed class InMemoryNetwork
{
    private readonly ConcurrentDictionary<NodeId, ITransportListener> _listeners = new();
    private readonly ConcurrentDictionary<(NodeId From, NodeId To), bool> _cuts = new();

    /// <summary>Creates the transport of one node. A node that starts again takes the place of the one before.</summary>
    public IRaftTransport CreateTransport(NodeId id) => new Endpoint(this, id);

    /// <summary>Loses every message from <paramref name="from"/> to <paramref name="to"/> from now on.</summary>
    public void Cut(NodeId from, NodeId to) => _cuts[(from, to)] = true;

    /// <summary>Loses every message to and from <paramref name="id"/> from now on.</summary>
    public void Isolate(NodeId id, IEnumerable<NodeId> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        foreach (NodeId other in others.Where(other => other != id))
        {
            Cut(id, other);
            Cut(other, id);
        }
    }

    /// <summary>Makes all links whole again.</summary>
    public void Heal() => _cuts.Clear();

    private sealed class Endpoint(InMemoryNetwork network, NodeId id) : IRaftTransport
    {
        private ITransportListener? _listener;

        public void Start(ITransportListener listener)
        {
            _listener = listener;
            network._listeners[id] = listener;
        }

        public void Send(in Message message)
        {
            bool delivered = !network._cuts.ContainsKey((id, message.To))
                && network._listeners.TryGetValue(message.To, out ITransportListener? receiver)
                && receiver.OnMessage(message);
            if (!delivered)
            {
                _listener?.OnUnreachable(message.To);
            }
        }

        public ValueTask DisposeAsync()
        {
            if (_listener is not null)
            {
                network._listeners.TryRemove(new KeyValuePair<NodeId, ITransportListener>(id, _listener));
            }

            return ValueTask.CompletedTask;
        }
    }
}
