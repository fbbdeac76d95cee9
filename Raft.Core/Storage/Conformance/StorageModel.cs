using Raft.Core.Log;
using static Raft.Core.Storage.Conformance.SampleData;

namespace Raft.Core.Storage.Conformance;

/// <summary>What a storage must hold after each write since it was opened.</summary>
internal sealed class StorageModel
{
    private readonly List<State> _states = [new State(default, default, null, [])];
    private ulong _term;

    public LogId Base => _states[^1].Base;

    public ulong LastIndex => Base.Index + (ulong)_states[^1].Log.Count;

    /// <summary>A term that no write has had, also none that a crash took away, so that what comes back can't be taken for what is new.</summary>
    public ulong NextTerm() => ++_term;

    /// <summary>The name of an entry of the log, or of its base.</summary>
    public LogId IdAt(ulong index) => index == Base.Index ? Base : _states[^1].Log[(int)(index - Base.Index) - 1].Id;

    /// <summary>Adds a write. A snapshot is of an entry that the log holds, and becomes its base.</summary>
    public void Write(HardState hardState, SnapshotMetadata? snapshot, Entry[] entries)
    {
        LogId newBase = snapshot?.Id ?? Base;
        ulong end = entries.Length > 0 ? entries[0].Index : ulong.MaxValue;
        IEnumerable<Entry> kept = _states[^1].Log.Where(entry => entry.Index > newBase.Index && entry.Index < end);
        _states.Add(new State(hardState, newBase, snapshot ?? _states[^1].Snapshot, [.. kept, .. entries]));
    }

    /// <summary>Throws unless the storage holds what it did after one of the writes, and after none before the one that was reported durable.</summary>
    public void RequireState(StorageSession session, ulong promised)
    {
        RecoveredState recovered = session.Recovered;
        List<Entry> log = session.ReadAll(recovered.Base.Index + 1, recovered.LastIndex);
        var found = new State(recovered.HardState, recovered.Base, recovered.Snapshot, log);
        int last = _states.FindLastIndex(state => state.ToString() == found.ToString());
        if (last < (int)promised)
        {
            throw new StorageConformanceException(
                StorageRules.Crashing,
                $"the state after write {promised}, which was reported durable, or a later one",
                last < 0 ? $"a state after none of the writes: {found}" : $"the state after write {last}");
        }

        if (found.Snapshot is SnapshotMetadata snapshot)
        {
            StorageRules.ReadingContent.RequireSameBytes(
                $"snapshot {snapshot.Id}", Content(snapshot.Id, (int)snapshot.Size), session.ReadSnapshot(snapshot));
        }

        _states.Clear();
        _states.Add(found);
    }

    private sealed record State(HardState HardState, LogId Base, SnapshotMetadata? Snapshot, List<Entry> Log)
    {
        public override string ToString() => $"{HardState}, {Snapshot}, base {Base}, log {Describe(Log)}";
    }
}
