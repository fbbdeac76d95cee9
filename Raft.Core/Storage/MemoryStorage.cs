using Raft.Core.Log;

namespace Raft.Core.Storage;

/// <summary>
/// A storage that forgets everything with its process, for tests and examples. A write is complete at once. A node may be started on it again
/// after another was stopped, and finds what that one wrote. Safe to read from any thread beside the one that writes.
/// </summary>
public sealed class MemoryStorage : IRaftStorage
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private HardState _hardState;
    private IStorageListener? _listener;

    /// <inheritdoc/>
    public RecoveredState Recovered
    {
        get
        {
            lock (_lock)
            {
                var runs = new List<TermRun>();
                foreach (Entry entry in _entries)
                {
                    if (runs.Count == 0 || runs[^1].Term != entry.Term)
                    {
                        runs.Add(new TermRun(entry.Index, entry.Term));
                    }
                }

                return new RecoveredState(_hardState, default, (ulong)_entries.Count, runs);
            }
        }
    }

    /// <inheritdoc/>
    public void Start(IStorageListener listener) => _listener = listener;

    /// <inheritdoc/>
    public void Enqueue(in StorageWrite write)
    {
        lock (_lock)
        {
            _hardState = write.HardState;
            foreach (ReadOnlyMemory<Entry> slice in write.Entries)
            {
                foreach (Entry entry in slice.Span)
                {
                    int position = (int)entry.Index - 1;
                    _entries.RemoveRange(position, _entries.Count - position);
                    _entries.Add(entry);
                }
            }
        }

        _listener!.OnPersisted(write.Sequence);
    }

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        lock (_lock)
        {
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
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
