using System.Threading.Channels;
using Raft.Core.Consensus;
using Raft.Core.Storage;

namespace Raft.Core.Node.Snapshots;

/// <summary>
/// Writes the pieces of a snapshot that a leader sends, apart from the node's loop, and seals it after the last one. What waits here is bounded by what the
/// core takes before it hears that earlier pieces are written.
/// </summary>
internal sealed class SnapshotReceiver(
    IRaftStorage storage, Action<SnapshotMetadata, long> onWritten, Action<SnapshotMetadata> onStaged, Action<SnapshotMetadata, Exception> onFailed)
{
    private readonly Channel<SnapshotChunk> _chunks = Channel.CreateUnbounded<SnapshotChunk>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private ISnapshotWriter? _writer;

    /// <summary>Takes a piece; they come in order, and one with offset 0 begins a new snapshot.</summary>
    public void Add(SnapshotChunk chunk) => _chunks.Writer.TryWrite(chunk);

    /// <summary>Writes until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (SnapshotChunk chunk in _chunks.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                Take(chunk);
            }
        }
        finally
        {
            Abandon();
        }
    }

    /// <summary>A piece that can't be written costs the transfer and nothing else. What follows of a failed transfer is passed over.</summary>
    private void Take(SnapshotChunk chunk)
    {
        try
        {
            if (chunk.Offset == 0)
            {
                Abandon();
                _writer = storage.CreateSnapshot();
            }

            if (_writer is not { } writer)
            {
                return;
            }

            writer.Content.Write(chunk.Data.Span);
            onWritten(chunk.Snapshot, chunk.Offset + chunk.Data.Length);
            if (chunk.IsLast)
            {
                writer.Seal((size, checksum) => Verify(chunk.Snapshot, size, checksum));
                Abandon();
                onStaged(chunk.Snapshot);
            }
        }
#pragma warning disable CA1031 // Whatever the disk throws: the node's own log and snapshot are untouched.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Abandon();
            onFailed(chunk.Snapshot, error);
        }
    }

    private static SnapshotMetadata Verify(SnapshotMetadata expected, long size, uint checksum)
        => size == expected.Size && checksum == expected.Checksum
            ? expected
            : throw new InvalidDataException(
                $"The snapshot at {expected.Id} arrived with {size} bytes and checksum {checksum:x8}; {expected.Size} bytes and {expected.Checksum:x8} were sent.");

    private void Abandon()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
