using System.Threading.Channels;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace Raft.Core.Node.Snapshots;

/// <summary>
/// Reads the pieces of snapshots that followers need, apart from the node's loop, so that a slow disk delays no heartbeat. What waits here is bounded by the
/// core's window for each follower.
/// </summary>
internal sealed class SnapshotSender(IRaftStorage storage, Action<Message> onRead, Action<OutboundChunk> onGone)
{
    private readonly Channel<OutboundChunk> _chunks = Channel.CreateUnbounded<OutboundChunk>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Dictionary<NodeId, (SnapshotMetadata Snapshot, Stream Content)> _open = [];

    /// <summary>Takes a piece to read.</summary>
    public void Add(in OutboundChunk chunk) => _chunks.Writer.TryWrite(chunk);

    /// <summary>Reads until it is cancelled. Ends with the exception of a storage that can't be read.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (OutboundChunk chunk in _chunks.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                Read(chunk);
            }
        }
        finally
        {
            foreach ((_, Stream content) in _open.Values)
            {
                await content.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private void Read(in OutboundChunk chunk)
    {
        byte[] data = chunk.Length == 0 ? [] : new byte[chunk.Length];
        if (data.Length > 0)
        {
            if (Open(chunk) is not { } content)
            {
                onGone(chunk);
                return;
            }

            content.Position = chunk.Offset;
            content.ReadExactly(data);
        }

        onRead(chunk.ToMessage(data));
        if (chunk.Offset + chunk.Length == chunk.Snapshot.Size)
        {
            Close(chunk.To);
        }
    }

    /// <summary>A snapshot stays open until it is sent, so that a newer one may take its place meanwhile.</summary>
    private Stream? Open(in OutboundChunk chunk)
    {
        if (_open.TryGetValue(chunk.To, out (SnapshotMetadata Snapshot, Stream Content) open) && open.Snapshot == chunk.Snapshot)
        {
            return open.Content;
        }

        Close(chunk.To);
        try
        {
            Stream content = storage.OpenSnapshot(chunk.Snapshot);
            _open[chunk.To] = (chunk.Snapshot, content);
            return content;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private void Close(NodeId peer)
    {
        if (_open.Remove(peer, out (SnapshotMetadata Snapshot, Stream Content) open))
        {
            open.Content.Dispose();
        }
    }
}
