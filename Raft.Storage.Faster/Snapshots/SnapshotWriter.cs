using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Snapshots;

/// <summary>
/// Writes a snapshot: under a temporary name, which it changes for the final one when everything is on the disk, so that a crash at any time leaves either
/// nothing or a whole snapshot that no write has named.
/// </summary>
internal sealed class SnapshotWriter : ISnapshotWriter
{
    private readonly IDisk _disk;
    private readonly FileRemover _remover;
    private readonly SyncFailures _failures;
    private readonly SnapshotFiles _files;
    private readonly ulong _number;
    private readonly uint _salt;
    private readonly IDiskFile _file;
    private readonly SnapshotContent _content;
    private bool _ended;

    public SnapshotWriter(IDisk disk, FileRemover remover, SyncFailures failures, SnapshotFiles files, ulong number, uint salt)
    {
        _disk = disk;
        _remover = remover;
        _failures = failures;
        _files = files;
        _number = number;
        _salt = salt;
        _file = disk.CreateEmpty(TemporaryName);
        _content = new SnapshotContent(_file);
    }

    public Stream Content => _content;

    private string Name => SnapshotName.FileOf(_number);

    private string TemporaryName => Name + IDisk.TemporarySuffix;

    public SnapshotMetadata Seal(Func<long, uint, SnapshotMetadata> describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        if (_ended)
        {
            throw new InvalidOperationException("The snapshot was sealed or abandoned before.");
        }

        bool kept = false;
        try
        {
            SnapshotMetadata snapshot = Describe(describe);
            byte[] trailer = SnapshotTrailer.Encode(snapshot, _salt, out uint crc);
            _file.Write(snapshot.Size, trailer);
            _file.SyncAll();
            _disk.Rename(TemporaryName, Name);
            _disk.SyncDirectory();
            kept = _files.TryAdd(snapshot, new SnapshotName(_number, snapshot.Id, crc));
            return snapshot;
        }
        catch (SyncFailedException e)
        {
            _failures.Report(e);
            throw;
        }
        finally
        {
            End(kept);
        }
    }

    public void Dispose()
    {
        if (!_ended)
        {
            End(keep: false);
        }
    }

    private SnapshotMetadata Describe(Func<long, uint, SnapshotMetadata> describe)
    {
        _content.End();
        SnapshotMetadata snapshot = describe(_content.Length, _content.Checksum);
        return snapshot.Size == _content.Length && snapshot.Checksum == _content.Checksum
            ? snapshot
            : throw new ArgumentException(
                $"The content has {_content.Length} bytes and checksum {_content.Checksum:x8}, not those of {snapshot}.", nameof(describe));
    }

    private void End(bool keep)
    {
        _ended = true;
        _content.Dispose();
        _file.Dispose();
        if (!keep)
        {
            // After a failed rename or directory sync it may have either name.
            _remover.Remove([TemporaryName, Name]);
        }
    }
}
