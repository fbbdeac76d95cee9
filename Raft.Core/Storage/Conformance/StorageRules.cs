namespace Raft.Core.Storage.Conformance;

/// <summary>The rules that the checks hold a storage to.</summary>
internal static class StorageRules
{
    public static readonly StorageRule NewIsEmpty = new(
        $"{nameof(RecoveredState)}.{nameof(RecoveredState.IsEmpty)}",
        "A storage in which nothing was ever written recovers the empty state.");

    public static readonly StorageRule Recovering = new(
        $"{nameof(IRaftStorage)}.{nameof(IRaftStorage.Recovered)}",
        "Opening finds the effect of all writes that were reported durable, and of no others.");

    public static readonly StorageRule Crashing = new(
        nameof(IRaftStorage),
        "After a crash there is the effect of a prefix of the writes, at least up to the last one that was reported durable.");

    public static readonly StorageRule HardState = new(
        $"{nameof(StorageWrite)}.{nameof(StorageWrite.HardState)}",
        "Every write carries the whole hard state, also one without entries.");

    public static readonly StorageRule Sequence = new(
        $"{nameof(StorageWrite)}.{nameof(StorageWrite.Sequence)}",
        "Sequence numbers start at 1 after each opening.");

    public static readonly StorageRule TermRuns = new(
        $"{nameof(RecoveredState)}.{nameof(RecoveredState.TermRuns)}",
        "The terms of the entries behind the base are told as runs, ascending by index and by term.");

    public static readonly StorageRule Configurations = new(
        $"{nameof(RecoveredState)}.{nameof(RecoveredState.Configurations)}",
        "All entries behind the base that are configurations are found at opening, ascending, and none that was replaced or given up.");

    public static readonly StorageRule Starting = new(
        $"{nameof(IRaftStorage)}.{nameof(IRaftStorage.Start)}",
        "A listener is named before the first write.");

    public static readonly StorageRule Closing = new(
        nameof(IRaftStorage),
        "Disposing makes durable what was enqueued, and reports it.");

    public static readonly StorageRule Reporting = new(
        $"{nameof(IStorageListener)}.{nameof(IStorageListener.OnPersisted)}",
        "Every write is reported once it is durable, by its own number or a later one's, in ascending order, and never before it was enqueued.");

    public static readonly StorageRule Failing = new(
        $"{nameof(IStorageListener)}.{nameof(IStorageListener.OnFailed)}",
        "Only a write or sync that failed is a failure.");

    public static readonly StorageRule ReadableAtOnce = new(
        $"{nameof(IRaftStorage)}.{nameof(IRaftStorage.Enqueue)}",
        "Entries are readable as soon as they are enqueued.");

    public static readonly StorageRule Replacing = new(
        $"{nameof(IRaftStorage)}.{nameof(IRaftStorage.Enqueue)}",
        "An entry at or below the last index replaces the one there and removes everything behind it.");

    public static readonly StorageRule Refusing = new(
        $"{nameof(IRaftStorage)}.{nameof(IRaftStorage.Enqueue)}",
        "A write that does not continue the log, the snapshots or the sequence is refused, and nothing has changed then.");

    public static readonly StorageRule Slices = new(
        $"{nameof(StorageWrite)}.{nameof(StorageWrite.Entries)}",
        "The entries of a write are split over any number of slices.");

    public static readonly StorageRule ReadLimit = new(
        $"{nameof(IRaftLogReader)}.{nameof(IRaftLogReader.Read)}",
        "Reading stops before the entry that would exceed the limit, and reads the first one in any case.");

    public static readonly StorageRule ReadRange = new(
        $"{nameof(IRaftLogReader)}.{nameof(IRaftLogReader.Read)}",
        "A range that is not in the log is refused as out of range.");

    public static readonly StorageRule ReadBesideWrites = new(
        $"{nameof(IRaftLogReader)}.{nameof(IRaftLogReader.Read)}",
        "Reading is safe from any thread, beside writes.");

    public static readonly StorageRule Base = new(
        $"{nameof(StorageWrite)}.{nameof(StorageWrite.Base)}",
        "Where the log holds the new base, what is behind it stays; otherwise the whole log is given up. Entries continue from there.");

    public static readonly StorageRule NewestSnapshot = new(
        $"{nameof(StorageWrite)}.{nameof(StorageWrite.Snapshot)}",
        "The snapshot that a write names is the newest one from then on, also after opening.");

    public static readonly StorageRule UnnamedSnapshot = new(
        $"{nameof(ISnapshotWriter)}.{nameof(ISnapshotWriter.Seal)}",
        "A sealed snapshot that no write named is deleted when one of at least its index is named and when the storage is opened again, and not before.");

    public static readonly StorageRule Abandoning = new(
        $"{nameof(ISnapshotWriter)}.{nameof(ISnapshotWriter.Seal)}",
        "A snapshot is sealed once, with the size and checksum of its content, or not at all; an exception leaves nothing behind.");

    public static readonly StorageRule WritingContent = new(
        $"{nameof(ISnapshotWriter)}.{nameof(ISnapshotWriter.Content)}",
        "The content is written in order, and not after the end.");

    public static readonly StorageRule ReadingContent = new(
        $"{nameof(IRaftStorage)}.{nameof(IRaftStorage.OpenSnapshot)}",
        "A snapshot is read as it was written, whole or from any place in it.");

    public static readonly StorageRule Superseding = new(
        $"{nameof(IRaftStorage)}.{nameof(IRaftStorage.OpenSnapshot)}",
        "A snapshot whose place a newer one has taken is not opened any more; where it is open, it is read to its end.");

    public static readonly StorageRule Checksum = new(
        $"{nameof(SnapshotMetadata)}.{nameof(SnapshotMetadata.Checksum)}",
        "The checksum of a snapshot is the CRC-32C of its content.");
}
