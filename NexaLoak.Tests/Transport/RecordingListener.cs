using System.Collections.Concurrent;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Transport;

namespace NexaLoak.Tests.Transport;

/// <summary>Keeps what a transport delivers.</summary>
internal sealed class RecordingListener : ITransportListener
{
    public ConcurrentQueue<Message> Messages { get; } = new();

    public ConcurrentQueue<NodeId> Unreachable { get; } = new();

    /// <summary>What the node answers to a message.</summary>
    public bool Accepts { get; set; } = true;

    /// <summary>Called with each message after it was kept, on the thread that delivers it.</summary>
    public Action<Message>? OnArrival { get; set; }

    public bool OnMessage(in Message message)
    {
        Messages.Enqueue(message);
        OnArrival?.Invoke(message);
        return Accepts;
    }

    public void OnUnreachable(NodeId peer) => Unreachable.Enqueue(peer);
}
