using System.Collections.Concurrent;
using Raft.Core.Log;
using Raft.Core.Storage;

namespace NexaLoak.Benchmarks.Minority;

/// <summary>Memory that takes as long as a disk: everything that waits becomes durable together, one simulated sync after the other.</summary>
internal sealed class DelayedStorage : IRaftStorage
{
    private readonly MemoryStorage _inner = new(completeAtOnce: false);
    private readonly BlockingCollection<bool> _work = [];
    private readonly Thread _disk;

    public DelayedStorage(TimeSpan sync)
    {
        _disk = new Thread(() => Run(sync)) { IsBackground = true, Name = "simulated disk" };
        _disk.Start();
    }

    /// <inheritdoc/>
    public RecoveredState Recovered => _inner.Recovered;

    /// <inheritdoc/>
    public void Start(IStorageListener listener) => _inner.Start(listener);

    /// <inheritdoc/>
    public void Enqueue(in StorageWrite write)
    {
        _inner.Enqueue(write);
        _work.Add(true);
    }

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into) => _inner.Read(from, to, maxBytes, into);

    /// <inheritdoc/>
    public ISnapshotWriter CreateSnapshot() => _inner.CreateSnapshot();

    /// <inheritdoc/>
    public Stream OpenSnapshot(SnapshotMetadata snapshot) => _inner.OpenSnapshot(snapshot);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _work.CompleteAdding();
        _disk.Join();
        _work.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run(TimeSpan sync)
    {
        foreach (bool _ in _work.GetConsumingEnumerable())
        {
            int writes = _inner.PendingWrites;
            if (writes > 0)
            {
                Thread.Sleep(sync);
                _inner.CompleteWrites(writes);
            }
        }
    }
}
