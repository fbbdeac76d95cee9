using Raft.Core.Consensus;

namespace Raft.Core.Transport;

/// <summary>Carries messages between the nodes of one cluster. Raft needs no more than best effort: messages may be lost, doubled or reordered.</summary>
public interface IRaftTransport : IAsyncDisposable
{
    /// <summary>Begins to connect and to deliver what arrives. Called once, before the first <see cref="Send"/>.</summary>
    void Start(ITransportListener listener);

    /// <summary>
    /// Queues a message for <see cref="Message.To"/> and returns at once. A message to an unknown peer, or one that finds the
    /// peer's queue full, is dropped; the peer is then reported through <see cref="ITransportListener.OnUnreachable"/>. Called by one thread.
    /// </summary>
    void Send(in Message message);
}
