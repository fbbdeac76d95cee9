using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;
using Raft.Storage.Faster.Recovery;
using Raft.Storage.Faster.Snapshots;

namespace Raft.Storage.Faster.Inspection;

/// <summary>
/// What a stopped node's directory holds. Where it is damaged, the hard state, the base and the last index are the newest that are known to have been
/// durable, and the log is readable up to <see cref="ReadableIndex"/>; what the damage hides may have replaced some of its entries. Safe from any thread.
/// </summary>
public sealed class StorageContents : IRaftLogReader
{
    private const long MaxReadBytes = 1 << 20;

    private readonly SegmentFiles _files;
    private readonly Marker _marker;
    private readonly DirectoryReading _read;

    internal StorageContents(IDisk disk, SegmentFiles files, Marker marker, DirectoryReading read)
    {
        _files = files;
        _marker = marker;
        _read = read;
        TermRuns = read.Log.Index.TermRuns;
        Configurations = read.Log.ReadConfigurations();
        Snapshots = FindSnapshots(disk);
    }

    /// <summary>Whose data this is; see <see cref="FasterStorageOptions.Identity"/>.</summary>
    public string Identity => _marker.Identity;

    /// <summary>Version of the directory's format.</summary>
    public int FormatVersion { get; } = (int)Marker.Version;

    /// <summary>How often the directory was opened by a node.</summary>
    public long Openings => Math.Max(_marker.Incarnation, _read.Log.Incarnation);

    /// <summary>Size of a page of the log in bytes.</summary>
    public int PageBytes => _marker.Geometry.PageBytes;

    /// <summary>Size of a file of the log in bytes.</summary>
    public long SegmentBytes => _marker.Geometry.SegmentBytes;

    /// <summary>The node's term and vote, and how far it knew the log to be committed.</summary>
    public HardState HardState => _read.Known.HardState;

    /// <summary>The entry before the first one kept.</summary>
    public LogId Base => _read.Log.Index.Base;

    /// <summary>Index of the last entry; that of <see cref="Base"/> when there is none.</summary>
    public ulong LastIndex => _read.Known.LastIndex;

    /// <summary>Up to where entries can be read: <see cref="LastIndex"/>, unless the log is damaged.</summary>
    public ulong ReadableIndex => Math.Min(_read.Log.Index.LastIndex, LastIndex);

    /// <summary>The terms of the entries that can be read.</summary>
    public IReadOnlyList<TermRun> TermRuns { get; }

    /// <summary>The entries that can be read and are configurations, ascending.</summary>
    public IReadOnlyList<Entry> Configurations { get; }

    /// <summary>The snapshots, by name of their files.</summary>
    public IReadOnlyList<StoredSnapshot> Snapshots { get; }

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        using var reader = new EntryReader(_files, _marker.Salt);
        int limit = (int)Math.Clamp(maxBytes / Entry.Overhead, 1, int.MaxValue);
        reader.Read(_read.Log.Index.Locate(from, to, limit), maxBytes, into);
    }

    /// <summary>Reads entries one after the other, both ends included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not in the log, or can't be read.</exception>
    /// <exception cref="StorageCorruptedException">What was read is not what had been written.</exception>
    public IEnumerable<Entry> ReadAll(ulong from, ulong to)
    {
        var read = new List<Entry>();
        for (ulong next = from; next <= to; next += (ulong)read.Count)
        {
            read.Clear();
            Read(next, to, MaxReadBytes, read);
            foreach (Entry entry in read)
            {
                yield return entry;
            }
        }
    }

    internal StorageFileRole RoleOf(string name)
    {
        if (SnapshotFiles.FindLeftovers([name], _read.Known.Snapshot).Count > 0)
        {
            return StorageFileRole.Leftover;
        }

        if (SegmentFiles.NumberOf(name) is not int id)
        {
            return name.StartsWith(SnapshotName.Prefix, StringComparison.Ordinal) ? StorageFileRole.Snapshot : StorageFileRole.Unknown;
        }

        int last = _files.SegmentOf(Math.Max(_read.Known.Until, _read.Log.Last.Until) - 1);
        return id < _files.SegmentOf(_marker.Checkpoint.Begin.Address) ? StorageFileRole.Leftover
            : id > last ? StorageFileRole.Prepared
            : StorageFileRole.Log;
    }

    private List<StoredSnapshot> FindSnapshots(IDisk disk)
    {
        SnapshotName newest = _read.Known.Snapshot;
        string? newestFile = newest == default ? null : SnapshotName.FileOf(newest.Number);
        IEnumerable<string> files = disk.List().Where(name => SnapshotName.IsFile(name) && name != newestFile).Order(StringComparer.Ordinal);
        List<StoredSnapshot> found = [.. files.Select(name => new StoredSnapshot(name, false, TryRead(disk, name)))];
        return newestFile is null ? found : [.. found, new StoredSnapshot(newestFile, true, _read.Snapshot)];
    }

    private SnapshotMetadata? TryRead(IDisk disk, string name)
    {
        try
        {
            return SnapshotFiles.Read(disk, name, _marker.Salt);
        }
        catch (Exception e) when (e is StorageCorruptedException or StorageOpenException)
        {
            return null;
        }
    }
}
