namespace Raft.Core.Storage;

/// <summary>
/// Where a node keeps what must survive a crash. Everything durable about the node is one ordered stream of <see cref="StorageWrite"/>s:
/// after a crash the storage holds the effect of a prefix of them, at least up to the last one it reported durable.
/// </summary>
/// <remarks>
/// One thread calls <see cref="Enqueue"/>; <see cref="IRaftLogReader.Read"/> may come from any. A storage reports a failure once and
/// is dead from then on: it never retries a failed write or sync, because the kernel may have dropped the data and report success next time.
/// Disposing makes durable what was enqueued, and reports it; after a failure it only closes what is open.
/// </remarks>
public interface IRaftStorage : IRaftLogReader, IAsyncDisposable
{
    /// <summary>What was found when the storage was opened.</summary>
    RecoveredState Recovered { get; }

    /// <summary>Names who is told of completed and failed writes. Called once, before the first <see cref="Enqueue"/>.</summary>
    void Start(IStorageListener listener);

    /// <summary>
    /// Takes a write into the stream and returns without waiting for the disk. Entries are readable at once. An entry whose index is at or
    /// below the last one in the log replaces it and removes everything behind it.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The write would leave a gap in the log or let its terms fall, or its sequence number is not above the previous one's; or it names a snapshot that
    /// was not sealed or is older than the newest; or it moves the base back or beyond the newest snapshot, or gives the base another term. Nothing has
    /// changed then.
    /// </exception>
    /// <exception cref="InvalidOperationException">The storage was not started.</exception>
    void Enqueue(in StorageWrite write);

    /// <summary>Begins a snapshot. Safe to call, and to write, beside everything else.</summary>
    ISnapshotWriter CreateSnapshot();

    /// <summary>
    /// Opens the content of a snapshot that was sealed, as a stream that can seek and knows its length. It stays readable until the stream is disposed,
    /// even when a newer snapshot takes its place. Safe to call from any thread.
    /// </summary>
    /// <exception cref="FileNotFoundException">A newer snapshot has taken its place.</exception>
    /// <exception cref="StorageCorruptedException">The content is not what had been written; thrown here or while reading.</exception>
    Stream OpenSnapshot(SnapshotMetadata snapshot);
}
