using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;

namespace Raft.Jepsen.PowerCuts;

/// <summary>
/// What is written to a storage: appended entries, replaced ones, votes, snapshots with a compaction, snapshots that replace the log. Each write follows from
/// the state before it and from which opening of the storage it is, so that whoever knows those can tell what must be there after a crash. Entries of another
/// opening differ, so that remains of an interrupted write never pass for what was written later.
/// </summary>
internal static class StorageScript
{
    private const int SmallBytes = 700;
    private const int SnapshotBytes = 40_000;
    private const int LongLog = 300;

    /// <summary>Small files, so that many are created and deleted.</summary>
    public static FasterStorageOptions OptionsFor(string directory) => new()
    {
        Directory = directory, Identity = "power-cuts", PageBytes = 16 << 10, MemoryBytes = 64 << 10, SegmentBytes = 64 << 10,
    };

    /// <summary>The write after <paramref name="state"/>.</summary>
    public static ScriptStep Next(ScriptState state, ulong opening)
    {
        var random = new Random(unchecked((int)((state.Number * 1_000_003) + (opening * 7919))));
        var hardState = new HardState(opening, new NodeId(1 + (state.Number % 3)), state.Number + 1);
        int choice = state.Log.Count > LongLog ? 21 : random.Next(24);
        return choice switch
        {
            < 14 => new ScriptStep(hardState, Entries(random, opening, state.LastIndex + 1), null, null),
            < 17 when state.Log.Count > 0 =>
                new ScriptStep(hardState, Entries(random, opening, state.Log[random.Next(state.Log.Count)].Index), null, null),
            < 20 => new ScriptStep(hardState, [], null, null),
            < 23 when state.Log.Count > 0 => Compact(random, hardState, state),
            _ => Install(random, hardState, new LogId(opening, state.LastIndex + 1 + (ulong)random.Next(5))),
        };
    }

    private static ScriptStep Compact(Random random, HardState hardState, ScriptState state)
    {
        Entry entry = state.Log[random.Next(state.Log.Count)];
        bool newer = entry.Index > (state.Snapshot?.Id.Index ?? 0);
        return newer
            ? new ScriptStep(hardState, Entries(random, hardState.Term, state.LastIndex + 1), Describe(random, entry.Id), entry.Id)
            : new ScriptStep(hardState, [], null, null);
    }

    private static ScriptStep Install(Random random, HardState hardState, LogId id) =>
        new(hardState, Entries(random, hardState.Term, id.Index + 1), Describe(random, id), id);

    private static SnapshotMetadata Describe(Random random, LogId id)
    {
        byte[] content = SampleData.Content(id, random.Next(SnapshotBytes));
        return SampleData.Metadata(id, content.Length, Crc32C.Append(0, content));
    }

    private static Entry[] Entries(Random random, ulong term, ulong from)
    {
        int largest = random.Next(20) == 0 ? OptionsFor("any").MaxPayloadBytes : SmallBytes;
        byte seed = (byte)random.Next(256);
        return
        [
            .. Enumerable.Range(0, random.Next(1, 6)).Select(i =>
                SampleData.Entry(term, from + (ulong)i, i == 0 ? EntryType.Configuration : EntryType.Command, random.Next(largest), seed)),
        ];
    }
}
