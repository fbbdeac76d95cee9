using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Storage;

/// <summary>One opening of a storage, with sequence numbers and a listener.</summary>
internal sealed class StorageSession : IAsyncDisposable
{
    private ulong _sequence;

    public StorageSession(IRaftStorage storage)
    {
        Storage = storage;
        Storage.Start(Listener);
    }

    public IRaftStorage Storage { get; }

    public RecordingListener Listener { get; } = new();

    public HardState HardState { get; set; } = new(1, new NodeId(1), 0);

    public ulong Enqueue(params Entry[] entries) => Enqueue(HardState, entries);

    public ulong Enqueue(HardState hardState, params Entry[] entries)
    {
        HardState = hardState;
        Storage.Enqueue(new StorageWrite(_sequence + 1, hardState, entries.Length == 0 ? [] : [entries]));
        return ++_sequence;
    }

    /// <summary>Names a snapshot and moves the base; either may be left out.</summary>
    public ulong EnqueueSnapshot(SnapshotMetadata? snapshot, LogId? to, params Entry[] entries)
    {
        Storage.Enqueue(new StorageWrite(_sequence + 1, HardState, entries.Length == 0 ? [] : [entries]) { Snapshot = snapshot, Base = to });
        return ++_sequence;
    }

    /// <summary>Seals a snapshot and makes it the newest, with the log's base at the same place.</summary>
    public SnapshotMetadata Compact(LogId id, int size = 100)
    {
        SnapshotMetadata snapshot = Seal(id, size);
        Listener.WaitFor(EnqueueSnapshot(snapshot, id));
        return snapshot;
    }

    /// <summary>Writes a snapshot of an entry; its content follows from entry, size and seed.</summary>
    public SnapshotMetadata Seal(LogId id, int size = 100, byte seed = 0)
    {
        using ISnapshotWriter writer = Storage.CreateSnapshot();
        writer.Content.Write(Content(id, size, seed));
        return writer.Seal((length, checksum) => Metadata(id, length, checksum));
    }

    /// <summary>Reads a snapshot from start to end.</summary>
    public byte[] ReadSnapshot(SnapshotMetadata snapshot)
    {
        using Stream stream = Storage.OpenSnapshot(snapshot);
        return ReadAll(stream);
    }

    public static byte[] ReadAll(Stream stream)
    {
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    public static byte[] Content(LogId id, int size, byte seed = 0) => Entry(id.Term, id.Index, size, seed).Payload.ToArray();

    public static SnapshotMetadata Metadata(LogId id, long length, uint checksum) => new(
        id,
        new ClusterConfiguration(
            [new NodeId(1), new NodeId(2), new NodeId(3)], learners: [new NodeId(4)], addresses: [new(new NodeId(1), "one:1")]),
        id.Index / 2,
        length,
        checksum);

    public void Append(params Entry[] entries) => Listener.WaitFor(Enqueue(entries));

    public List<Entry> ReadAll(ulong from, ulong to)
    {
        var entries = new List<Entry>();
        while (from <= to)
        {
            int before = entries.Count;
            Storage.Read(from, to, 4096, entries);
            Assert.That(entries, Has.Count.GreaterThan(before));
            from += (ulong)(entries.Count - before);
        }

        return entries;
    }

    public ValueTask DisposeAsync() => Storage.DisposeAsync();

    public static Entry Entry(ulong term, ulong index, int size = 5, byte seed = 0) => Entry(term, index, EntryType.Command, size, seed);

    public static Entry Entry(ulong term, ulong index, EntryType type, int size, byte seed)
    {
        byte[] payload = new byte[size];
        for (int i = 0; i < size; i++)
        {
            payload[i] = (byte)((index * 31) + (term * 7) + (ulong)i + seed + 1);
        }

        return new Entry(term, index, type, payload);
    }

    /// <summary>Entries compared by content; the struct's own equality compares where the payload lies.</summary>
    public static string Describe(IEnumerable<Entry> entries) =>
        string.Join(' ', entries.Select(entry => $"{entry.Id}:{entry.Type}:{Convert.ToHexString(entry.Payload.Span)}"));
}
