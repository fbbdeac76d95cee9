using Raft.Core.Log;

namespace Raft.Core.Storage;

/// <summary>
/// A storage that forgets everything with its process, for tests and examples. A node may be started on it again after another was stopped, and
/// finds what had become durable.
/// </summary>
/// <remarks>
/// Writes complete at once, on the thread that enqueues them, or when <see cref="CompleteWrites"/> is called, which one thread does at a time.
/// <see cref="Read"/> is safe beside both.
/// </remarks>
/// <param name="completeAtOnce">
/// False to leave each write pending until <see cref="CompleteWrites"/>, so that a test decides what a crash takes away.
/// </param>
public sealed class MemoryStorage(bool completeAtOnce = true) : IRaftStorage
{
    private readonly Lock _lock = new();
    private readonly MemoryLog _log = new();
    private readonly MemoryLog _durableLog = new();
    private readonly MemorySnapshots _snapshots = new();
    private readonly Queue<StorageWrite> _pending = [];
    private HardState _durableHardState;
    private SnapshotMetadata? _snapshot;
    private SnapshotMetadata? _durableSnapshot;
    private ulong _lastSequence;
    private IStorageListener? _listener;
    private bool _failed;

    /// <summary>What a node would find if it were started now: everything durable, and nothing that is pending.</summary>
    public RecoveredState Recovered
    {
        get
        {
            lock (_lock)
            {
                return new RecoveredState(_durableHardState, _durableLog.Base, _durableLog.LastIndex, _durableLog.TermRuns())
                {
                    Snapshot = _durableSnapshot,
                    Configurations = _durableLog.Configurations(),
                };
            }
        }
    }

    /// <summary>How many writes were enqueued and are not durable.</summary>
    public int PendingWrites
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Names who is told of completed and failed writes. When it is called again, what was pending is lost as in a crash.</summary>
    public void Start(IStorageListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        lock (_lock)
        {
            _listener = listener;
            _lastSequence = 0;
            _failed = false;
            _pending.Clear();
            _log.CopyFrom(_durableLog);
            _snapshot = _durableSnapshot;
            _snapshots.ForgetOthers(_durableSnapshot);
        }
    }

    /// <inheritdoc/>
    public void Enqueue(in StorageWrite write)
    {
        lock (_lock)
        {
            if (_listener is null)
            {
                throw new InvalidOperationException("Start the storage before the first write.");
            }

            Validate(write);
            _log.Apply(write);
            _snapshot = write.Snapshot ?? _snapshot;
            _lastSequence = write.Sequence;
            if (!_failed)
            {
                _pending.Enqueue(write);
            }
        }

        if (completeAtOnce)
        {
            CompleteWrites();
        }
    }

    /// <summary>Makes the oldest pending writes durable and reports them; by default all of them.</summary>
    /// <param name="count">How many; all that are pending when they are fewer.</param>
    /// <returns>How many became durable.</returns>
    public int CompleteWrites(int count = int.MaxValue)
    {
        int completed = 0;
        ulong last = 0;
        lock (_lock)
        {
            while (completed < count && _pending.TryDequeue(out StorageWrite write))
            {
                MakeDurable(write);
                last = write.Sequence;
                completed++;
            }
        }

        if (completed > 0)
        {
            _listener!.OnPersisted(last);
        }

        return completed;
    }

    /// <summary>Fails as a broken disk would: reports <paramref name="error"/>, and drops the pending writes and all to come.</summary>
    /// <exception cref="InvalidOperationException">The storage was not started.</exception>
    public void Fail(Exception error)
    {
        IStorageListener listener;
        lock (_lock)
        {
            listener = _listener ?? throw new InvalidOperationException("Start the storage before it fails.");
            if (_failed)
            {
                return;
            }

            _failed = true;
            _pending.Clear();
        }

        listener.OnFailed(error);
    }

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        lock (_lock)
        {
            _log.Read(from, to, maxBytes, into);
        }
    }

    /// <inheritdoc/>
    public ISnapshotWriter CreateSnapshot() => new MemorySnapshotWriter(_snapshots);

    /// <inheritdoc/>
    public Stream OpenSnapshot(SnapshotMetadata snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return _snapshots.Open(snapshot);
    }

    /// <summary>Completes the pending writes.</summary>
    public ValueTask DisposeAsync()
    {
        CompleteWrites();
        return ValueTask.CompletedTask;
    }

    private void MakeDurable(in StorageWrite write)
    {
        _durableLog.Apply(write);
        _durableHardState = write.HardState;
        if (write.Snapshot is SnapshotMetadata newest)
        {
            _durableSnapshot = newest;
            _snapshots.Supersede(newest);
        }
    }

    private void Validate(in StorageWrite write)
    {
        if (write.Sequence <= _lastSequence)
        {
            throw new ArgumentException($"Write {write.Sequence} comes after write {_lastSequence}; sequence numbers must grow.");
        }

        SnapshotMetadata? newest = write.Snapshot ?? _snapshot;
        if (write.Snapshot is not null && (!_snapshots.Contains(write.Snapshot) || write.Snapshot.Id.Index < _snapshot?.Id.Index))
        {
            throw new ArgumentException($"Write {write.Sequence} names snapshot {write.Snapshot.Id}, which was not sealed or is older than {_snapshot?.Id}.");
        }

        if (write.Base?.Index > (newest?.Id.Index ?? 0))
        {
            throw new ArgumentException($"Write {write.Sequence} can't move the log's base to {write.Base}: the newest snapshot is {newest?.Id}.");
        }

        _log.Validate(write);
    }
}
