using Raft.Core.Log;

namespace Raft.Core.Storage;

/// <summary>
/// A storage in memory, for tests and simulations: it survives nothing but <see cref="Restart"/>. Writes complete at once, on the thread
/// that enqueues them, or when <see cref="CompleteWrites"/> is called. Safe for use from several threads.
/// </summary>
/// <param name="completeAtOnce">
/// False to leave each write pending until <see cref="CompleteWrites"/>, so that a test decides what a crash takes away.
/// </param>
public sealed class MemoryStorage(bool completeAtOnce = true) : IRaftStorage
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly Queue<StorageWrite> _pending = [];
    private readonly List<Entry> _durableEntries = [];

    private IStorageListener? _listener;
    private HardState _durableHardState;
    private ulong _lastSequence;
    private bool _failed;
    private bool _disposed;

    /// <inheritdoc/>
    public RecoveredState Recovered { get; private init; } = RecoveredState.Empty;

    /// <summary>Writes that were enqueued and are not durable.</summary>
    public int PendingWrites
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <inheritdoc/>
    public void Start(IStorageListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_listener is not null)
            {
                throw new InvalidOperationException("The storage was started before.");
            }

            _listener = listener;
        }
    }

    /// <inheritdoc/>
    public void Enqueue(in StorageWrite write)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
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
    /// <param name="count">How many; those that there are when fewer are pending.</param>
    /// <returns>How many became durable.</returns>
    public int CompleteWrites(int count = int.MaxValue)
    {
        int completed = 0;
        ulong last = 0;
        lock (_gate)
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
        lock (_gate)
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

    /// <summary>What a node would find after a crash: a new storage with everything durable in this one, and nothing of what was pending.</summary>
    public MemoryStorage Restart()
    {
        lock (_gate)
        {
            var restarted = new MemoryStorage(completeAtOnce)
            {
                Recovered = new RecoveredState(_durableHardState, default, (ulong)_durableEntries.Count, TermRunsOf(_durableEntries)),
                _durableHardState = _durableHardState,
            };
            restarted._entries.AddRange(_durableEntries);
            restarted._durableEntries.AddRange(_durableEntries);
            return restarted;
        }
    }

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        lock (_gate)
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

    /// <summary>Completes the pending writes, and takes no more.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        CompleteWrites();
        return ValueTask.CompletedTask;
    }

    private static void Apply(in StorageWrite write, List<Entry> log)
    {
        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (ref readonly Entry entry in slice.Span)
            {
                int kept = (int)entry.Index - 1;
                log.RemoveRange(kept, log.Count - kept);
                log.Add(entry);
            }
        }
    }

    private static List<TermRun> TermRunsOf(List<Entry> log)
    {
        var runs = new List<TermRun>();
        foreach (Entry entry in log)
        {
            if (runs.Count == 0 || runs[^1].Term != entry.Term)
            {
                runs.Add(new TermRun(entry.Index, entry.Term));
            }
        }

        return runs;
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
            foreach (ref readonly Entry entry in slice.Span)
            {
                previous ??= entry.Index >= 1 && entry.Index <= (ulong)_entries.Count + 1
                    ? entry.Index == 1 ? default : _entries[(int)entry.Index - 2].Id
                    : throw new ArgumentException($"Write {write.Sequence} can't append entry {entry.Id}: the log holds 1 to {_entries.Count}.");
                if (entry.Index != previous.Value.Index + 1 || entry.Term < Math.Max(previous.Value.Term, 1))
                {
                    throw new ArgumentException($"Write {write.Sequence} can't append entry {entry.Id}: the entry before it is {previous}.");
                }

                previous = entry.Id;
            }
        }
    }
}
