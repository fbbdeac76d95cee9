using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Snapshots;

/// <summary>
/// The sealed snapshots of a directory, each in a file of its own that is never changed. Which of them is the newest is said by the log's commits alone; after
/// a crash the others are deleted. Thread-safe.
/// </summary>
internal sealed class SnapshotFiles
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SnapshotMetadata, SnapshotName> _sealed = [];
    private readonly IDisk _disk;
    private readonly FileRemover _remover;
    private readonly SyncFailures _failures;
    private readonly uint _salt;
    private ulong _lastNumber;

    /// <param name="disk">The directory.</param>
    /// <param name="remover">Deletes files.</param>
    /// <param name="failures">Told of failed syncs.</param>
    /// <param name="marker">The marker of this opening.</param>
    /// <param name="newest">The snapshot that recovery found.</param>
    public SnapshotFiles(IDisk disk, FileRemover remover, SyncFailures failures, Marker marker, SnapshotMetadata? newest)
    {
        _disk = disk;
        _remover = remover;
        _failures = failures;
        _salt = marker.Salt;
        _lastNumber = (ulong)marker.Incarnation << 32;
        if (newest is not null)
        {
            _sealed.Add(newest, marker.Checkpoint.Snapshot);
        }
    }

    /// <summary>Reads all of a snapshot's file; <c>null</c> when <paramref name="name"/> names none.</summary>
    /// <exception cref="StorageCorruptedException">The file is missing, or is not what had been written.</exception>
    public static SnapshotMetadata? Verify(IDisk disk, in SnapshotName name, uint salt)
    {
        if (name == default)
        {
            return null;
        }

        string fileName = SnapshotName.FileOf(name.Number);
        if (!disk.List().Contains(fileName))
        {
            throw new StorageCorruptedException(
                $"{disk.PathOf(fileName)} is missing: the log goes on from this snapshot of {name.Id}. "
                + StorageFinding.Remedy);
        }

        return Read(disk, fileName, salt, name);
    }

    /// <summary>Reads all of a snapshot's file, whether a commit names it or not.</summary>
    /// <exception cref="StorageCorruptedException">The file is not what had been written.</exception>
    public static SnapshotMetadata Read(IDisk disk, string fileName, uint salt)
    {
        SnapshotName itself;
        using (IDiskFile file = disk.Open(fileName))
        {
            itself = new SnapshotName(0, SnapshotTrailer.Read(file, salt, out uint crc).Id, crc);
        }

        return Read(disk, fileName, salt, itself);
    }

    /// <summary>Names of the snapshots' files in a directory, short of <paramref name="kept"/>, and of everything half written.</summary>
    public static IReadOnlyList<string> FindLeftovers(IEnumerable<string> names, in SnapshotName kept)
    {
        string keptFile = SnapshotName.FileOf(kept.Number);
        return
        [
            .. names.Where(name =>
                name.EndsWith(IDisk.TemporarySuffix, StringComparison.Ordinal)
                || (name.StartsWith(SnapshotName.Prefix, StringComparison.Ordinal) && name != keptFile)),
        ];
    }

    /// <summary>Begins a snapshot.</summary>
    public SnapshotWriter Create()
    {
        ulong number = Interlocked.Increment(ref _lastNumber);
        return new SnapshotWriter(_disk, _remover, _failures, this, number, _salt);
    }

    /// <summary>Takes a snapshot whose file is durable. False when an equal one is there.</summary>
    public bool TryAdd(SnapshotMetadata snapshot, in SnapshotName name)
    {
        lock (_gate)
        {
            return _sealed.TryAdd(snapshot, name);
        }
    }

    /// <summary>The name of a sealed snapshot; <c>null</c> when it is not there.</summary>
    public SnapshotName? Find(SnapshotMetadata snapshot)
    {
        lock (_gate)
        {
            return _sealed.TryGetValue(snapshot, out SnapshotName name) ? name : null;
        }
    }

    /// <summary>Opens the content of a sealed snapshot.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="StorageCorruptedException">Its file is not what had been written.</exception>
    public Stream Open(SnapshotMetadata snapshot)
    {
        const int buffer = 64 << 10;
        lock (_gate)
        {
            return _sealed.TryGetValue(snapshot, out SnapshotName name)
                ? new BufferedStream(new SnapshotStream(_disk.Open(SnapshotName.FileOf(name.Number)), _salt, name), buffer)
                : throw new FileNotFoundException($"Snapshot {snapshot.Id} is not in {_disk.PathOf("")}, or a newer one has taken its place.");
        }
    }

    /// <summary>
    /// Deletes the snapshots whose place the one called <paramref name="newest"/> has taken, durably. A later one stays: a write may be about to name it.
    /// </summary>
    public void Supersede(SnapshotName newest)
    {
        lock (_gate)
        {
            List<KeyValuePair<SnapshotMetadata, SnapshotName>> old = [.. _sealed.Where(one => one.Key.Id.Index <= newest.Id.Index && one.Value != newest)];
            old.ForEach(one => _sealed.Remove(one.Key));
            _remover.RemoveSoon(old.ConvertAll(one => SnapshotName.FileOf(one.Value.Number)));
        }
    }

    private static SnapshotMetadata Read(IDisk disk, string fileName, uint salt, in SnapshotName name)
    {
        using var content = new SnapshotStream(disk.Open(fileName), salt, name);
        content.CopyTo(Stream.Null);
        return content.Snapshot;
    }
}
