using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Transport.Grpc.Peers;

/// <summary>
/// Sends to one peer at one address. Each lane has a queue, a call and a connection of its own: on one connection, pieces of a snapshot that fill the
/// socket's buffers would keep heartbeats waiting, whatever HTTP/2 does. One thread sends; the rest is safe to use from any thread.
/// </summary>
internal sealed class PeerSender(LocalNode self, NodeId peer, Uri address) : IAsyncDisposable
{
    private readonly LaneSender _messages = new(self, peer, address, Lane.Main);
    private readonly LaneSender _snapshots = new(self, peer, address, Lane.Snapshot);
    private bool _used = true;

    /// <summary>Where the peer is reached.</summary>
    public Uri Address => address;

    /// <summary>Sends the messages of a lane.</summary>
    public LaneSender this[Lane lane] => lane == Lane.Snapshot ? _snapshots : _messages;

    /// <summary>Begins to send.</summary>
    /// <param name="unreachable">Called when messages were lost.</param>
    public void Start(Action<NodeId> unreachable)
    {
        _messages.Start(unreachable);
        _snapshots.Start(unreachable);
    }

    /// <summary>Queues a message or drops it.</summary>
    public void Send(in Message message)
    {
        Volatile.Write(ref _used, true);
        this[message.Type == MessageType.SnapshotChunk ? Lane.Snapshot : Lane.Main].Send(message);
    }

    /// <summary>The peer has called: it is alive, so pauses before the next attempt to reach it end.</summary>
    public void OnContact()
    {
        Volatile.Write(ref _used, true);
        _messages.OnContact();
        _snapshots.OnContact();
    }

    /// <summary>True when something was sent to the peer, or it has called, since this was asked before.</summary>
    public bool TakeUsed() => Interlocked.Exchange(ref _used, false);

    public async ValueTask DisposeAsync()
    {
        await _messages.DisposeAsync().ConfigureAwait(false);
        await _snapshots.DisposeAsync().ConfigureAwait(false);
    }
}
