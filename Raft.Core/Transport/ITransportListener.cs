using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Transport;

/// <summary>Receives what a transport delivers. Safe to call from any thread; calls return quickly.</summary>
public interface ITransportListener
{
    /// <summary>
    /// A message arrived, its sender verified. Returns false when the node's mailbox is full or the node has stopped: the message is then
    /// dropped, and the transport may slow down the sender by not reading on.
    /// </summary>
    bool OnMessage(in Message message);

    /// <summary>Messages to a peer were lost: it can't be reached, or it does not keep up.</summary>
    void OnUnreachable(NodeId peer);
}
