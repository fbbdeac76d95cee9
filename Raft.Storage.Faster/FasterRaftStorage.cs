using System.Numerics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;
using Raft.Storage.Faster.Recovery;

namespace Raft.Storage.Faster;

/// <summary>
/// Keeps a node's log and hard state in a directory, on Microsoft FASTER's log. What it reports durable has been synced to the disk with
/// <c>fdatasync</c>; writes that wait together share one sync. Linux only.
/// </summary>
/// <remarks>
/// <para>
/// The log on the disk only grows: an entry whose index is at or below the last one replaces it and what follows, when it is written as well as
/// when the log is read again. Each record carries a CRC-32C and that of the record before it; opening verifies all of them.
/// </para>
/// <para>
/// Opening cuts off what a crash left of a commit that was never acknowledged, and refuses everything else that is not what had been written.
/// The one loss that can't be told from an interrupted commit is that of whole sectors of the very last commit before a crash.
/// </para>
/// <para>
/// <see cref="Read"/> is safe from any thread. After a failed write or sync nothing more is written or reported until the directory is opened again.
/// </para>
/// </remarks>
public sealed class FasterRaftStorage : IRaftStorage
{
    private readonly IDisk _disk;
    private readonly SegmentFiles _files;
    private readonly MarkerFile _marker;
    private readonly Committer _committer;
    private readonly EntryIndex _index;
    private readonly ILogger _logger;
    private readonly uint _salt;
    private readonly object _gate = new();

    private List<StorageWrite> _queue = [];
    private List<StorageWrite> _batch = [];
    private IStorageListener? _listener;
    private Thread? _thread;
    private ulong _lastSequence;
    private bool _closing;
    private bool _failed;

    private FasterRaftStorage(IDisk disk, SegmentFiles files, MarkerFile marker, EntryIndex index, Committer committer, ILogger logger)
    {
        _disk = disk;
        _files = files;
        _marker = marker;
        _index = index;
        _committer = committer;
        _logger = logger;
        _salt = marker.Current.Salt;
        Checkpoint last = marker.Current.Checkpoint;
        Recovered = new RecoveredState(last.HardState, last.Base, last.LastIndex, index.TermRuns);
    }

    /// <inheritdoc/>
    public RecoveredState Recovered { get; }

    /// <summary>Opens the storage in a directory and recovers what is there, or starts a new one.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="logger">Told of what was recovered, and of a failure.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its bounds.</exception>
    /// <exception cref="StorageOpenException">The directory can't be had, or is another node's.</exception>
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
            LogScanner scanned = Recoverer.Recover(files, marker, logger);
            Committer committer = Own(new Committer(files, marker, options.MemoryBytes));
            Checkpoint last = scanned.Last;
            logger.Opened(options.Directory, last.LastIndex - last.Base.Index, last.LastIndex, last.HardState.Term, marker.Current.Incarnation);
            return new FasterRaftStorage(disk, files, marker, scanned.Index, committer, logger);
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
            _index.Append(write);
            _lastSequence = write.Sequence;
            if (!_failed)
            {
                _queue.Add(write);
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int limit = (int)Math.Clamp(maxBytes / Entry.Overhead, 1, int.MaxValue);
        using var reader = new EntryReader(_files, _salt);
        long bytes = 0;
        foreach (EntryLocation location in _index.Locate(from, to, limit))
        {
            int size = location.IsDurable ? reader.SizeOf(location) : location.Entry.Size;
            if (bytes > 0 && bytes + size > maxBytes)
            {
                return;
            }

            bytes += size;
            into.Add(location.IsDurable ? reader.Read(location) : location.Entry);
        }
    }

    /// <inheritdoc/>
    public ISnapshotWriter CreateSnapshot() => throw new NotSupportedException();

    /// <inheritdoc/>
    public Stream OpenSnapshot(SnapshotMetadata snapshot) => throw new NotSupportedException();

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

    private void Close(Thread? thread)
    {
        thread?.Join();
        try
        {
            if (!_failed)
            {
                _committer.Mark();
            }
        }
        finally
        {
            _committer.Dispose();
            _files.Dispose();
            _marker.Dispose();
            _disk.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            while (TakeBatch())
            {
                _index.MarkDurable(_committer.Commit(_batch));
                _listener!.OnPersisted(_batch[^1].Sequence);
                _batch.Clear();
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_closing)
            {
                Monitor.Wait(_gate);
            }

            (_queue, _batch) = (_batch, _queue);
            return _batch.Count > 0;
        }
    }

    private void Fail(Exception error)
    {
        lock (_gate)
        {
            _failed = true;
            _queue.Clear();
        }

        _logger.Failed(error, _disk.PathOf(""));
        _listener!.OnFailed(error);
    }

    private void RequireSizes(in StorageWrite write)
    {
        int max = EntryRecord.MaxPayload(_files.Geometry.PageBytes);
        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (ref readonly Entry entry in slice.Span)
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
