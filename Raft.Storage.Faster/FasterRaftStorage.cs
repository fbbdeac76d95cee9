using System.Numerics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;
using Raft.Storage.Faster.Recovery;
using Raft.Storage.Faster.Snapshots;

namespace Raft.Storage.Faster;

/// <summary>
/// Keeps a node's log, hard state and snapshots in a directory, the log on Microsoft FASTER's. What it reports durable has been synced to the disk with
/// <c>fdatasync</c>; writes that wait together share one sync. Linux only.
/// </summary>
/// <remarks>
/// <para>
/// The log on the disk only grows: an entry whose index is at or below the last one replaces it and what follows, when it is written as well as
/// when the log is read again. Each record carries a CRC-32C and that of the record before it; opening verifies all of them. When the log's base moves,
/// files that hold nothing behind it are deleted, and the pages before it in the first one are given back (by a hole in the file, where the file system can),
/// so at most two files' worth of the disk is used beside what is live: the rest of the last file, and one that is prepared. With files of one page it is
/// three.
/// </para>
/// <para>
/// Each snapshot is a file. Every commit names the newest one, so that log, hard state and snapshot can't disagree after a crash. A failure in writing a
/// snapshot is told to its writer and does not touch the log; one in syncing it, or the directory, ends the storage. Opening reads the newest snapshot
/// whole, and refuses to go on without it.
/// </para>
/// <para>
/// Opening cuts off what a crash left of a commit that was never acknowledged, and refuses everything else that is not what had been written.
/// The one loss that can't be told from an interrupted commit is that of whole sectors of the very last commit before a crash.
/// </para>
/// <para>
/// <see cref="Read"/> is safe from any thread. After a failed write or sync nothing more is written or reported until the directory is opened again.
/// </para>
/// </remarks>
public sealed partial class FasterRaftStorage : IRaftStorage
{
    private readonly IDisk _disk;
    private readonly SegmentFiles _files;
    private readonly MarkerFile _marker;
    private readonly Committer _committer;
    private readonly EntryIndex _index;
    private readonly SnapshotFiles _snapshots;
    private readonly FileRemover _remover;
    private readonly SyncFailures _syncFailures;
    private readonly ILogger _logger;
    private readonly uint _salt;
    private readonly object _gate = new();

    private List<QueuedWrite> _queue = [];
    private List<QueuedWrite> _batch = [];
    private LogId _newestSnapshot;
    private IStorageListener? _listener;
    private Thread? _thread;
    private ulong _lastSequence;
    private bool _closing;
    private bool _failed;

    private FasterRaftStorage(
        IDisk disk,
        SegmentFiles files,
        MarkerFile marker,
        DirectoryReading read,
        Committer committer,
        FileRemover remover,
        SyncFailures syncFailures,
        ILogger logger)
    {
        _disk = disk;
        _files = files;
        _marker = marker;
        _index = read.Log.Index;
        _committer = committer;
        _remover = remover;
        _syncFailures = syncFailures;
        syncFailures.Reported = Wake;
        _logger = logger;
        _salt = marker.Current.Salt;
        _snapshots = new SnapshotFiles(disk, remover, syncFailures, marker.Current, read.Snapshot);
        Checkpoint last = marker.Current.Checkpoint;
        _newestSnapshot = last.Snapshot.Id;
        Recovered = new RecoveredState(last.HardState, last.Base, last.LastIndex, _index.TermRuns)
        {
            Snapshot = read.Snapshot,
            Configurations = read.Log.ReadConfigurations(),
        };
    }

    /// <inheritdoc/>
    public RecoveredState Recovered { get; }

    /// <summary>Opens the storage in a directory and recovers what is there, or starts a new one.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="logger">Told of what was recovered, and of a failure.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its bounds.</exception>
    /// <exception cref="StorageOpenException">The directory can't be had, is another node's, or a newer version wrote it.</exception>
    /// <exception cref="StorageCorruptedException">The directory's content is not what had been written. Nothing was changed.</exception>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    /// <exception cref="PlatformNotSupportedException">The operating system is not Linux.</exception>
    public static FasterRaftStorage Open(FasterStorageOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("FasterRaftStorage needs Linux, whose fdatasync its durability rests on.");
        }

        return OpenOn(LocalDisk.Take(options.Directory), options, logger ?? NullLogger.Instance);
    }

    /// <summary>Opens the storage on a disk, which it owns from then on.</summary>
    internal static FasterRaftStorage OpenOn(IDisk disk, FasterStorageOptions options, ILogger logger)
    {
        var owned = new Stack<IDisposable>([disk]);
        try
        {
            var asked = new LogGeometry(BitOperations.Log2((uint)options.PageBytes), BitOperations.Log2((uint)options.SegmentBytes));
            MarkerFile marker = Own(Recoverer.OpenMarker(disk, options, asked));
            if (marker.Current.Geometry != asked)
            {
                logger.GeometryKept(options.Directory, marker.Current.Geometry.PageBytes, marker.Current.Geometry.SegmentBytes);
            }

            SegmentFiles files = Own(new SegmentFiles(disk, marker.Current.Geometry));
            files.OpenExisting();
            DirectoryReading read = Recoverer.Recover(disk, files, marker, logger);
            var syncFailures = new SyncFailures();
            FileRemover remover = Own(new FileRemover(disk, syncFailures, logger));
            Committer committer = Own(new Committer(files, marker, read.Log.Starts, remover, options.MemoryBytes));
            Checkpoint last = read.Log.Last;
            logger.Opened(options.Directory, last.LastIndex - last.Base.Index, last.LastIndex, last.HardState.Term, marker.Current.Incarnation);
            return new FasterRaftStorage(disk, files, marker, read, committer, remover, syncFailures, logger);
        }
        catch
        {
            while (owned.TryPop(out IDisposable? part))
            {
                part.Dispose();
            }

            throw;
        }

        T Own<T>(T part)
            where T : IDisposable
        {
            owned.Push(part);
            return part;
        }
    }

    /// <inheritdoc/>
    public void Start(IStorageListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            if (_listener is not null)
            {
                throw new InvalidOperationException("The storage was started before.");
            }

            _listener = listener;
            _thread = new Thread(Run) { IsBackground = true, Name = "raft-storage" };
            _thread.Start();
        }
    }

    /// <inheritdoc/>
    public void Enqueue(in StorageWrite write)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            if (_listener is null)
            {
                throw new InvalidOperationException("Start the storage before the first write.");
            }

            if (write.Sequence <= _lastSequence)
            {
                throw new ArgumentException($"Write {write.Sequence} comes after write {_lastSequence}; sequence numbers must grow.");
            }

            RequireSizes(write);
            SnapshotName? snapshot = write.Snapshot is SnapshotMetadata named ? NameOf(named, write.Sequence) : null;
            LogId newest = snapshot?.Id ?? _newestSnapshot;
            RequireCovered(write, newest);
            BaseMove? move = _index.Append(write);
            _newestSnapshot = newest;
            _lastSequence = write.Sequence;
            if (!_failed)
            {
                _queue.Add(new QueuedWrite(write, move, snapshot));
                if (_queue.Count == 1)
                {
                    Monitor.Pulse(_gate);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int limit = (int)Math.Clamp(maxBytes / Entry.Overhead, 1, int.MaxValue);
        try
        {
            using var reader = new EntryReader(_files, _salt);
            reader.Read(_index.Locate(from, to, limit), maxBytes, into);
        }
        catch (Exception e) when (e is StorageCorruptedException or ObjectDisposedException && from <= _index.Base.Index)
        {
            throw new ArgumentOutOfRangeException($"Entry {from} was given up while it was read.", e);
        }
    }

    /// <inheritdoc/>
    public ISnapshotWriter CreateSnapshot() => _snapshots.Create();

    /// <inheritdoc/>
    public Stream OpenSnapshot(SnapshotMetadata snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return _snapshots.Open(snapshot);
    }

    /// <summary>Makes durable what was enqueued, reports it, and closes the files. After a failure it only closes them.</summary>
    public async ValueTask DisposeAsync()
    {
        Thread? thread;
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
            thread = _thread;
            Monitor.Pulse(_gate);
        }

        await Task.Run(() => Close(thread)).ConfigureAwait(false);
    }

    private SnapshotName NameOf(SnapshotMetadata named, ulong sequence) =>
        _snapshots.Find(named) is SnapshotName name && name.Id.Index >= _newestSnapshot.Index
            ? name
            : throw new ArgumentException($"Write {sequence} names snapshot {named.Id}, which was not sealed or is older than {_newestSnapshot}.");

    private static void RequireCovered(in StorageWrite write, LogId newestSnapshot)
    {
        if (write.Base?.Index > newestSnapshot.Index)
        {
            throw new ArgumentException($"Write {write.Sequence} can't move the log's base to {write.Base}: the newest snapshot is {newestSnapshot}.");
        }
    }

    private void RequireSizes(in StorageWrite write)
    {
        int max = EntryRecord.MaxPayload(_files.Geometry.PageBytes);
        for (int i = 0; i < write.Entries.Count; i++)
        {
            foreach (ref readonly Entry entry in write.Entries[i].Span)
            {
                if (entry.Payload.Length > max)
                {
                    throw new ArgumentException(
                        $"Entry {entry.Id} has a payload of {entry.Payload.Length} bytes, and a page of this storage takes at most {max}.");
                }
            }
        }
    }
}
