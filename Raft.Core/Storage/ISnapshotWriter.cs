namespace Raft.Core.Storage;

/// <summary>
/// A snapshot that is being written. Nobody sees it before <see cref="Seal"/>; disposed without that, it leaves nothing behind. Used by one thread at a time.
/// </summary>
public interface ISnapshotWriter : IDisposable
{
    /// <summary>Takes the content, in order. Not seekable.</summary>
    Stream Content { get; }

    /// <summary>
    /// Makes the content durable and the snapshot readable under the returned metadata. It is the node's newest one only once a
    /// <see cref="StorageWrite"/> names it, and is deleted when another is named.
    /// </summary>
    /// <param name="describe">Makes the metadata from size and checksum of the content; an exception abandons the snapshot.</param>
    SnapshotMetadata Seal(Func<long, uint, SnapshotMetadata> describe);
}
