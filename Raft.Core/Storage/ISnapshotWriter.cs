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
    /// <see cref="StorageWrite"/> names it, see the remarks.
    /// </summary>
    /// <remarks>
    /// A snapshot that was sealed and not named is deleted when one of at least its index is named, and when the storage is opened again. Any exception means
    /// that there is no new snapshot; the ones before it are as they were.
    /// </remarks>
    /// <param name="describe">Makes the metadata from size and checksum of the content; an exception abandons the snapshot.</param>
    /// <exception cref="ArgumentException">The metadata is of another size or checksum.</exception>
    /// <exception cref="InvalidOperationException">The snapshot was sealed or abandoned before.</exception>
    /// <exception cref="IOException">The disk failed, now or at an earlier write to <see cref="Content"/>.</exception>
    SnapshotMetadata Seal(Func<long, uint, SnapshotMetadata> describe);
}
