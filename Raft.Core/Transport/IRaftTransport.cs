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
}
