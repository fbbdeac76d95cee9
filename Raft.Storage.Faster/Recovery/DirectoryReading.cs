using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;
using Raft.Storage.Faster.Snapshots;

namespace Raft.Storage.Faster.Recovery;

/// <summary>All that a directory holds, read back and judged without a change to it: what a node starts from, or why it can't.</summary>
internal sealed class DirectoryReading
{
    private const int ReadAhead = 1 << 20;

    private readonly List<StorageFinding> _damage = [];

    private DirectoryReading(LogScanner log, Checkpoint known)
    {
        Log = log;
        Known = known;
        _damage.AddRange(log.Damage);
    }

    /// <summary>The log; after damage as far as it could be followed.</summary>
    public LogScanner Log { get; }

    /// <summary>The newest state that is known to have been durable: that of the log, or, where damage hides it, that of the marker.</summary>
    public Checkpoint Known { get; }

    /// <summary>The newest snapshot; <c>null</c> when there is none, or it is damaged.</summary>
    public SnapshotMetadata? Snapshot { get; private set; }

    /// <summary>Size of what a crash left of a commit that was never acknowledged.</summary>
    public long InterruptedBytes { get; private set; }

    /// <summary>Why a node must not start from this; empty when it may.</summary>
    public IReadOnlyList<StorageFinding> Damage => _damage;

    /// <summary>Reads the directory that <paramref name="marker"/> describes.</summary>
    public static DirectoryReading Read(IDisk disk, SegmentFiles files, Marker marker)
    {
        LogScanner log = LogScanner.Scan(files, marker);
        var reading = new DirectoryReading(log, log.Last.Commit < marker.Checkpoint.Commit ? marker.Checkpoint : log.Last);
        if (log.Damage.Count == 0)
        {
            reading.InspectTail(files, marker.Salt);
        }

        reading.VerifySnapshot(disk, marker.Salt);
        reading.RequireCovered(disk);
        return reading;
    }

    /// <summary>What speaks against a directory without a marker being a new one; <c>null</c> when it has no data.</summary>
    public static StorageFinding? FindDataWithoutMarker(IDisk disk)
    {
        string? data = SegmentFiles.Find(disk).Select(SegmentFiles.NameOf).FirstOrDefault(name => HoldsData(disk, name))
            ?? disk.List().FirstOrDefault(SnapshotName.IsFile);
        string marker = disk.PathOf(MarkerFile.Name);
        return data is null ? null : StorageFinding.Damage(marker, null, $"{marker} is missing, although {data} beside it has data.");
    }

    private void InspectTail(SegmentFiles files, uint salt)
    {
        long bytes = TailInspector.Inspect(files, Known, salt, out StorageFinding? damage);
        if (damage is null)
        {
            InterruptedBytes = bytes;
        }
        else
        {
            _damage.Add(damage);
        }
    }

    private void VerifySnapshot(IDisk disk, uint salt)
    {
        try
        {
            Snapshot = SnapshotFiles.Verify(disk, Known.Snapshot, salt);
        }
        catch (StorageCorruptedException e)
        {
            string file = disk.PathOf(SnapshotName.FileOf(Known.Snapshot.Number));
            _damage.Add(new StorageFinding(StorageFindingKind.Damage, file, null, e.Message));
        }
    }

    /// <summary>Only damage that no checksum found, or a mistake of ours, fails this. A node must not go on without what was before its log.</summary>
    private void RequireCovered(IDisk disk)
    {
        if (Known.Base.Index > Known.Snapshot.Id.Index)
        {
            string directory = disk.PathOf("");
            _damage.Add(StorageFinding.Damage(
                directory, null, $"The log in {directory} begins behind {Known.Base}, and its newest snapshot is of {Known.Snapshot.Id}."));
        }
    }

    private static bool HoldsData(IDisk disk, string name)
    {
        using IDiskFile file = disk.Open(name);
        byte[] bytes = new byte[ReadAhead];
        for (long at = 0; at < file.Length; at += bytes.Length)
        {
            file.Read(at, bytes);
            if (bytes.AsSpan().ContainsAnyExcept((byte)0))
            {
                return true;
            }
        }

        return false;
    }
}
