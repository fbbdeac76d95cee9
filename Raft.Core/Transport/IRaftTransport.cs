using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Transport;

/// <summary>Carries messages between the nodes of one cluster. Raft needs no more than best effort: messages may be lost, doubled or reordered.</summary>
public interface IRaftTransport : IAsyncDisposable
{
    /// <summary>Begins to connect and to deliver what arrives. Called once, before the first <see cref="Send"/>.</summary>
    void Start(ITransportListener listener);

    /// <summary>
    /// Queues a message for <see cref="Message.To"/> and returns at once. A message to an unknown peer, or one that finds the
    /// peer's queue full, is dropped; the peer is then reported through <see cref="ITransportListener.OnUnreachable"/>. Called by one thread.
    /// Pieces of snapshots (<see cref="MessageType.SnapshotChunk"/>) should not delay other messages.
    /// </summary>
    void Send(in Message message);

    /// <summary>
    /// Another configuration is in force, at start or because of a change of membership: its members are to be reached at
    /// <see cref="ClusterConfiguration.Addresses"/>. Nodes that have left it may still have to be told so, and nodes that this one does not know may call: they
    /// were added by a configuration that has not arrived here yet, and must be answered. Returns at once and throws for no address. Safe to call from
    /// any thread, before <see cref="Start"/> too; does nothing where the transport finds the members by itself.
    /// </summary>
    void UpdateMembers(ClusterConfiguration configuration)
    {
    }

    /// <summary>
    /// The configuration in force, of which <see cref="UpdateMembers"/> has told, is committed now. Whoever was in one before and is not in this one was
    /// removed for good, since ids are never used again (<see cref="NodeId"/>). After a time in which it may learn so and hand over what it does, all that
    /// such a node still has to say is to ask for votes, which tells it that it was removed; a transport may refuse the rest. Returns at once. Safe to call
    /// from any thread.
    /// </summary>
    void SettleMembers(ClusterConfiguration configuration)
    {
    }
}
