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
    private readonly List<Entry> _entries = [];
    private readonly List<Entry> _durableEntries = [];
    private readonly Queue<StorageWrite> _pending = [];
    private HardState _durableHardState;
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
                var runs = new List<TermRun>();
                foreach (Entry entry in _durableEntries)
                {
                    if (runs.Count == 0 || runs[^1].Term != entry.Term)
                    {
                        runs.Add(new TermRun(entry.Index, entry.Term));
                    }
                }

                return new RecoveredState(_durableHardState, default, (ulong)_durableEntries.Count, runs);
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
            _entries.Clear();
            _entries.AddRange(_durableEntries);
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
            Apply(write, _entries);
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
                Apply(write, _durableEntries);
                _durableHardState = write.HardState;
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
            if (from == 0 || from > to || to > (ulong)_entries.Count)
            {
                throw new ArgumentOutOfRangeException(nameof(from), $"Entries {from} to {to} are not in the log, which holds 1 to {_entries.Count}.");
            }

            long bytes = 0;
            for (ulong index = from; index <= to; index++)
            {
                Entry entry = _entries[(int)index - 1];
                bytes += entry.Size;
                if (index > from && bytes > maxBytes)
                {
                    return;
                }

                into.Add(entry);
            }
        }
    }

    /// <inheritdoc/>
    public ISnapshotWriter CreateSnapshot() => throw new NotSupportedException();

    /// <inheritdoc/>
    public Stream OpenSnapshot(SnapshotMetadata snapshot) => throw new NotSupportedException();

    /// <summary>Completes the pending writes.</summary>
    public ValueTask DisposeAsync()
    {
        CompleteWrites();
        return ValueTask.CompletedTask;
    }

    private static void Apply(in StorageWrite write, List<Entry> log)
    {
        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (Entry entry in slice.Span)
            {
                int position = (int)entry.Index - 1;
                log.RemoveRange(position, log.Count - position);
                log.Add(entry);
            }
        }
    }

    private void Validate(in StorageWrite write)
    {
        if (write.Sequence <= _lastSequence)
        {
            throw new ArgumentException($"Write {write.Sequence} comes after write {_lastSequence}; sequence numbers must grow.");
        }

        LogId? previous = null;
        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (Entry entry in slice.Span)
            {
                previous ??= Before(entry);
                if (entry.Index != previous.Value.Index + 1 || entry.Term < Math.Max(previous.Value.Term, 1))
                {
                    throw new ArgumentException($"Write {write.Sequence} can't append entry {entry.Id}: the entry before it is {previous}.");
                }

                previous = entry.Id;
            }
        }
    }

    /// <summary>The entry that the first one of a write would follow.</summary>
    private LogId Before(in Entry first)
    {
        if (first.Index == 0 || first.Index > (ulong)_entries.Count + 1)
        {
            throw new ArgumentException($"Entry {first.Id} can't be appended: the log holds 1 to {_entries.Count}.");
        }

        return first.Index == 1 ? default : _entries[(int)first.Index - 2].Id;
    }
}
