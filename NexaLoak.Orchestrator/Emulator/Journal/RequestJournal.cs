namespace NexaLoak.Orchestrator.Emulator.Journal;

/// <summary>All requests in the order of their arrival; the oldest are forgotten past the capacity. Thread-safe.</summary>
internal sealed class RequestJournal(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Queue<long> _order = new();
    private readonly Dictionary<long, JournalEntry> _entries = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastSequence;

    /// <summary>The requests so far, in the order of their arrival.</summary>
    public IReadOnlyList<JournalEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _order.Select(sequence => _entries[sequence])];
            }
        }
    }

    /// <summary>Waits until a request matches, and returns the first that does.</summary>
    public async Task<JournalEntry> WaitForAsync(Func<JournalEntry, bool> matches, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (Entries.FirstOrDefault(matches) is { } entry)
            {
                return entry;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Notes a request that arrived.</summary>
    /// <returns>Its sequence number.</returns>
    public long Begin(Func<long, JournalEntry> create)
    {
        lock (_gate)
        {
            long sequence = ++_lastSequence;
            _entries[sequence] = create(sequence);
            _order.Enqueue(sequence);
            if (_order.Count > capacity)
            {
                _entries.Remove(_order.Dequeue());
            }

            SignalChange();
            return sequence;
        }
    }

    /// <summary>Notes more about a request.</summary>
    public void Update(long sequence, Func<JournalEntry, JournalEntry> change)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(sequence, out JournalEntry? entry))
            {
                _entries[sequence] = change(entry);
                SignalChange();
            }
        }
    }

    private void SignalChange()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
