using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;
using Raft.Storage.Faster.Recovery;

namespace Raft.Storage.Faster.Inspection;

/// <summary>
/// Reads the directory of a stopped node's <see cref="FasterRaftStorage"/> and judges it, exactly as the node would at its next start, without a change
/// to it. No node can be started on the directory before this is disposed.
/// </summary>
public sealed class FasterStorageInspection : IDisposable
{
    private readonly IDisk _disk;
    private readonly List<StorageFinding> _findings = [];
    private SegmentFiles? _segments;

    private FasterStorageInspection(IDisk disk) => _disk = disk;

    /// <summary>What is there; <c>null</c> when the marker is lost, without which nothing can be told from anything.</summary>
    public StorageContents? Contents { get; private set; }

    /// <summary>The files, by name.</summary>
    public IReadOnlyList<StorageFile> Files { get; private set; } = [];

    /// <summary>What is not as an orderly end leaves it, in the order in which it is found.</summary>
    public IReadOnlyList<StorageFinding> Findings => _findings;

    /// <summary>Whether a node would start from it.</summary>
    public bool IsSound => _findings.TrueForAll(finding => finding.Kind != StorageFindingKind.Damage);

    /// <summary>Reads all of a directory.</summary>
    /// <exception cref="StorageOpenException">It is not there, holds no data, a node runs on it, a newer version wrote it, or access is denied.</exception>
    /// <exception cref="IOException">Reading failed.</exception>
    /// <exception cref="UnauthorizedAccessException">A file must not be read.</exception>
    public static FasterStorageInspection Open(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return OpenOn(ReadOnlyDisk.Share(directory));
    }

    /// <summary>Reads all of a disk, which is owned from then on.</summary>
    internal static FasterStorageInspection OpenOn(IDisk disk)
    {
        var inspection = new FasterStorageInspection(disk);
        try
        {
            inspection.ReadAll();
            inspection.Files = [.. disk.List().Order(StringComparer.Ordinal).Select(inspection.Describe)];
            return inspection;
        }
        catch
        {
            inspection.Dispose();
            throw;
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _segments?.Dispose();
        _disk.Dispose();
    }

    private void ReadAll()
    {
        if (!_disk.List().Contains(MarkerFile.Name))
        {
            _findings.Add(DirectoryReading.FindDataWithoutMarker(_disk) ?? throw new StorageOpenException(
                $"{_disk.PathOf("")} holds no data of a node. Name the data directory of a stopped node."));
            return;
        }

        if (ReadMarker() is Marker marker)
        {
            _segments = new SegmentFiles(_disk, marker.Geometry);
            _segments.OpenExisting();
            ReadContents(_segments, marker);
        }
    }

    private Marker? ReadMarker()
    {
        try
        {
            using MarkerFile file = MarkerFile.Open(_disk);
            if (file.InvalidAt is int offset)
            {
                _findings.Add(new StorageFinding(
                    StorageFindingKind.InvalidMarker,
                    file.Path,
                    offset,
                    $"One of the two markers in {file.Path} is not valid; a crash while it was written leaves it so. The other one counts."));
            }

            return file.Current;
        }
        catch (StorageCorruptedException e)
        {
            _findings.Add(new StorageFinding(StorageFindingKind.Damage, _disk.PathOf(MarkerFile.Name), null, e.Message));
            return null;
        }
    }

    private void ReadContents(SegmentFiles segments, Marker marker)
    {
        DirectoryReading read = DirectoryReading.Read(_disk, segments, marker);
        _findings.AddRange(read.Damage);
        if (read.InterruptedBytes > 0)
        {
            long end = read.Known.Until;
            _findings.Add(new StorageFinding(
                StorageFindingKind.InterruptedCommit,
                segments.PathOf(end),
                segments.OffsetOf(end),
                $"A crash interrupted a commit that was never acknowledged: {read.InterruptedBytes} bytes at {segments.Describe(end)}, "
                + $"behind index {read.Known.LastIndex}."));
        }

        Contents = new StorageContents(_disk, segments, marker, read);
    }

    private StorageFile Describe(string name)
    {
        using IDiskFile file = _disk.Open(name);
        return new StorageFile(name, file.Length, RoleOf(name));
    }

    private StorageFileRole RoleOf(string name) => name switch
    {
        DirectoryLock.Name => StorageFileRole.Lock,
        MarkerFile.Name => StorageFileRole.Marker,
        _ when Contents is not null => Contents.RoleOf(name),
        _ when SegmentFiles.NumberOf(name) is not null => StorageFileRole.Log,
        _ => SnapshotName.IsFile(name) ? StorageFileRole.Snapshot : StorageFileRole.Unknown,
    };
}
