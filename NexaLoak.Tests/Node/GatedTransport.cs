using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Transport;

namespace NexaLoak.Tests.Node;

/// <summary>Holds the node's loop in the middle of a turn, on the first message of one kind, so that a test decides what the next turn finds.</summary>
internal sealed class GatedTransport(MessageType kind) : IRaftTransport
{
    private readonly TaskCompletionSource<Message> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _gate = new();
    private ITransportListener? _listener;

    /// <summary>The message that the node is held on.</summary>
    public Task<Message> Reached => _reached.Task;

    public void Start(ITransportListener listener) => _listener = listener;

    public void Send(in Message message)
    {
        if (message.Type == kind && _reached.TrySetResult(message))
        {
            _gate.Wait(Eventually.Limit);
        }
    }

    public void Deliver(NodeId from, NodeId to, MessageType type, ulong term)
        => _listener!.OnMessage(new Message { Type = type, From = from, To = to, Term = term });

    public void Open() => _gate.Set();

    public ValueTask DisposeAsync()
    {
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }
}
