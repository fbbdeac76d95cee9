using System.Diagnostics;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace NexaLoak.Benchmarks.Storage;

/// <summary>
/// Appends entries, one a write, and keeps a number of them under way: the next goes out when one is reported durable, as callers do who wait for their
/// write.
/// </summary>
internal sealed class AppendLoad(IRaftStorage storage, ReadOnlyMemory<byte> payload) : IStorageListener
{
    private static readonly HardState State = new(1, new NodeId(1), 0);

    private readonly object _gate = new();
    private readonly Queue<long> _underWay = new();
    private readonly List<double> _microseconds = [];
    private Exception? _failure;
    private int _leftToChain;
    private ulong _enqueued;
    private ulong _persisted;

    /// <summary>Times from Enqueue to OnPersisted since they were taken last.</summary>
    public double[] TakeMicroseconds()
    {
        lock (_gate)
        {
            double[] taken = [.. _microseconds];
            _microseconds.Clear();
            return taken;
        }
    }

    public void Start() => storage.Start(this);

    /// <summary>
    /// Appends entries one after the other, each by the storage's own thread as it reports the one before, so that no thread waits for another.
    /// </summary>
    public void RunChained(int writes)
    {
        lock (_gate)
        {
            _leftToChain = writes - 1;
        }

        Enqueue();
        lock (_gate)
        {
            while (_leftToChain > 0 || _underWay.Count > 0)
            {
                Wait();
            }
        }
    }

    /// <summary>Appends entries by a thread that is not the storage's, and waits until all are durable.</summary>
    /// <returns>How long that took.</returns>
    public TimeSpan Run(int writes, int concurrency)
    {
        long began = Stopwatch.GetTimestamp();
        for (int left = writes; left > 0;)
        {
            int room = Math.Min(left, WaitForRoom(concurrency));
            for (int i = 0; i < room; i++)
            {
                Enqueue();
            }

            left -= room;
        }

        WaitForRoom(concurrency, atLeast: concurrency);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Appends entries, many a write, and waits until all are durable.</summary>
    public void RunBatches(int entries, int batch)
    {
        const int concurrency = 4;
        ulong index = 0;
        while (index < (ulong)entries)
        {
            WaitForRoom(concurrency);
            var slice = new Entry[Math.Min(batch, entries - (int)index)];
            for (int i = 0; i < slice.Length; i++)
            {
                slice[i] = new Entry(1, ++index, EntryType.Command, payload);
            }

            Enqueue(new StorageWrite(++_enqueued, State, [slice]));
        }

        WaitForRoom(concurrency, atLeast: concurrency);
    }

    /// <summary>Gives up what a snapshot covers, and waits until that is durable.</summary>
    public void Compact(SnapshotMetadata snapshot)
    {
        Enqueue(new StorageWrite(++_enqueued, State, []) { Snapshot = snapshot, Base = snapshot.Id });
        WaitForRoom(1);
    }

    public void OnPersisted(ulong sequence)
    {
        long now = Stopwatch.GetTimestamp();
        bool next;
        lock (_gate)
        {
            for (; _persisted < sequence; _persisted++)
            {
                _microseconds.Add(Stopwatch.GetElapsedTime(_underWay.Dequeue(), now).TotalMicroseconds);
            }

            next = _leftToChain > 0;
            _leftToChain -= next ? 1 : 0;
            if (!next)
            {
                Monitor.Pulse(_gate);
            }
        }

        if (next)
        {
            Enqueue();
        }
    }

    public void OnFailed(Exception error)
    {
        lock (_gate)
        {
            _failure = error;
            Monitor.Pulse(_gate);
        }
    }

    private void Enqueue()
    {
        var entry = new Entry(1, ++_enqueued, EntryType.Command, payload);
        Enqueue(new StorageWrite(_enqueued, State, [new[] { entry }]));
    }

    private void Enqueue(in StorageWrite write)
    {
        lock (_gate)
        {
            _underWay.Enqueue(Stopwatch.GetTimestamp());
        }

        storage.Enqueue(write);
    }

    private int WaitForRoom(int concurrency, int atLeast = 1)
    {
        lock (_gate)
        {
            while (concurrency - _underWay.Count < atLeast)
            {
                Wait();
            }

            return concurrency - _underWay.Count;
        }
    }

    private void Wait()
    {
        Monitor.Wait(_gate);
        if (_failure is not null)
        {
            throw new InvalidOperationException("The measurement failed: the storage does.", _failure);
        }
    }
}
