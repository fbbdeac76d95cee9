using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;

namespace NexaLoak.Tests.Storage;

/// <summary>What a storage must hold after some write, as a list.</summary>
internal sealed record StorageState(HardState HardState, LogId Base, List<Entry> Log, SnapshotMetadata? Snapshot)
{
    public static StorageState Empty { get; } = new(default, default, [], null);

    public ulong LastIndex => Base.Index + (ulong)Log.Count;

    /// <summary>What a storage that was just opened holds.</summary>
    public static string Describe(StorageSession session)
    {
        RecoveredState found = session.Storage.Recovered;
        return Describe(found.HardState, found.Base, found.Snapshot, session.ReadAll(found.Base.Index + 1, found.LastIndex));
    }

    /// <summary>All of it, in a form that compares.</summary>
    public string Describe() => Describe(HardState, Base, Snapshot, Log);

    /// <summary>The state after a write's snapshot and base, before its entries.</summary>
    public StorageState After(SnapshotMetadata? snapshot, LogId? to)
    {
        StorageState named = this with { Snapshot = snapshot ?? Snapshot };
        return to is not LogId id || id == Base
            ? named
            : named with { Base = id, Log = Log.Exists(entry => entry.Id == id) ? Log.FindAll(entry => entry.Index > id.Index) : [] };
    }

    /// <summary>The state after a write's entries.</summary>
    public StorageState After(params Entry[] entries) => entries.Length == 0
        ? this
        : this with { Log = [.. Log.Where(entry => entry.Index < entries[0].Index), .. entries] };

    public List<TermRun> TermRuns()
    {
        var runs = new List<TermRun>();
        foreach (Entry entry in Log)
        {
            if (runs.Count == 0 || runs[^1].Term != entry.Term)
            {
                runs.Add(new TermRun(entry.Index, entry.Term));
            }
        }

        return runs;
    }

    private static string Describe(HardState hardState, LogId baseId, SnapshotMetadata? snapshot, IEnumerable<Entry> log) =>
        $"{hardState} {baseId} {snapshot} {SampleData.Describe(log)}";
}
