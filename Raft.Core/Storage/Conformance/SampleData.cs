using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Storage.Conformance;

/// <summary>Entries and snapshots whose content follows from their names, so that it can be told what each must hold when it is read.</summary>
internal static class SampleData
{
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

    /// <summary>Consecutive entries of one term.</summary>
    public static Entry[] Entries(ulong term, ulong from, int count, int size = 5) =>
        [.. Enumerable.Range(0, count).Select(i => Entry(term, from + (ulong)i, size))];

    /// <summary>The content of a snapshot.</summary>
    public static byte[] Content(LogId id, int size) => Entry(id.Term, id.Index, size).Payload.ToArray();

    public static SnapshotMetadata Metadata(LogId id, long length, uint checksum) => new(
        id,
        new ClusterConfiguration(
            [new NodeId(1), new NodeId(2), new NodeId(3)], learners: [new NodeId(4)], addresses: [new(new NodeId(1), "one:1")]),
        id.Index / 2,
        length,
        checksum);

    /// <summary>Entries compared by content; the struct's own equality compares where the payload lies.</summary>
    public static string Describe(IEnumerable<Entry> entries) =>
        string.Join(' ', entries.Select(entry => $"{entry.Id}:{entry.Type}:{Convert.ToHexString(entry.Payload.Span)}"));

    /// <summary>Runs of terms, as they are compared.</summary>
    public static string Describe(IEnumerable<TermRun> runs) => string.Join(' ', runs.Select(run => $"term {run.Term} from {run.FirstIndex}"));
}
