using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Storage.Conformance;

/// <summary>One opening of a storage, with sequence numbers and a listener.</summary>
internal sealed class StorageSession : IAsyncDisposable
{
    private readonly TimeSpan _waitLimit;
    private readonly CancellationToken _cancellationToken;
    private ulong _sequence;

    public StorageSession(IRaftStorage storage, TimeSpan? waitLimit = null, CancellationToken cancellationToken = default)
    {
        _waitLimit = waitLimit ?? StorageUnderTest.DefaultWaitLimit;
        _cancellationToken = cancellationToken;
        Storage = storage;
        Recovered = storage.Recovered;
        Storage.Start(Listener);
    }

    public IRaftStorage Storage { get; }

    /// <summary>What the storage had found before it was started.</summary>
    public RecoveredState Recovered { get; }

    public RecordingListener Listener { get; } = new();

    public HardState HardState { get; set; } = new(1, new NodeId(1), 0);

    public ulong Enqueue(params Entry[] entries) => Enqueue(HardState, entries);

    public ulong Enqueue(HardState hardState, params Entry[] entries)
    {
        HardState = hardState;
        return EnqueueSlices(entries.Length == 0 ? [] : [entries]);
    }

    /// <summary>Names a snapshot and moves the base; either may be left out.</summary>
    public ulong EnqueueSnapshot(SnapshotMetadata? snapshot, LogId? to, params Entry[] entries) =>
        EnqueueSlices(entries.Length == 0 ? [] : [entries], snapshot, to);

    public ulong EnqueueSlices(IReadOnlyList<ReadOnlyMemory<Entry>> slices, SnapshotMetadata? snapshot = null, LogId? to = null)
    {
        ulong next = _sequence + 1;
        Listener.Enqueued = next;
        try
        {
            Storage.Enqueue(new StorageWrite(next, HardState, slices) { Snapshot = snapshot, Base = to });
            _sequence = next;
            return next;
        }
        finally
        {
            Listener.Enqueued = _sequence;
        }
    }

    /// <summary>Waits until a write is durable.</summary>
    public async Task PersistAsync(ulong sequence)
    {
        bool ended = await Listener.WaitForOutcomeAsync(sequence, _waitLimit, _cancellationToken).ConfigureAwait(false);
        if (!ended)
        {
            throw new StorageConformanceException(
                StorageRules.Reporting, $"write {sequence} to become durable", $"write {Listener.Persisted}, and nothing more for {_waitLimit}");
        }

        Listener.RequireHealthy();
    }

    /// <summary>Appends entries and waits until they are durable.</summary>
    public Task AppendAsync(params Entry[] entries) => PersistAsync(Enqueue(entries));

    /// <summary>Seals a snapshot and makes it the newest, with the log's base at the same place.</summary>
    public async Task<SnapshotMetadata> CompactAsync(LogId id, int size = 100)
    {
        SnapshotMetadata snapshot = Seal(id, size);
        await PersistAsync(EnqueueSnapshot(snapshot, id)).ConfigureAwait(false);
        return snapshot;
    }

    /// <summary>Writes a snapshot of an entry; its content follows from entry and size.</summary>
    public SnapshotMetadata Seal(LogId id, int size = 100)
    {
        using ISnapshotWriter writer = Storage.CreateSnapshot();
        writer.Content.Write(SampleData.Content(id, size));
        return writer.Seal((length, checksum) => SampleData.Metadata(id, length, checksum));
    }

    /// <summary>Reads a snapshot from start to end.</summary>
    public byte[] ReadSnapshot(SnapshotMetadata snapshot)
    {
        using Stream stream = Storage.OpenSnapshot(snapshot);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>Reads entries, in as many portions as it takes.</summary>
    public List<Entry> ReadAll(ulong from, ulong to)
    {
        var entries = new List<Entry>();
        while (from <= to)
        {
            int before = entries.Count;
            Storage.Read(from, to, 4096, entries);
            StorageRules.ReadLimit.RequireEqual($"whether entry {from} is read", true, entries.Count > before);
            from += (ulong)(entries.Count - before);
        }

        return entries;
    }

    public ValueTask DisposeAsync() => Storage.DisposeAsync();
}
