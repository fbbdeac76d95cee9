using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;

namespace Raft.Jepsen.PowerCuts;

/// <summary>What a storage holds after some write of a <see cref="StorageScript"/>. The number of the write is the commit index of the hard state.</summary>
internal sealed record ScriptState(HardState HardState, LogId Base, IReadOnlyList<Entry> Log, SnapshotMetadata? Snapshot)
{
    /// <summary>Before the first write.</summary>
    public static ScriptState Empty { get; } = new(default, default, [], null);

    /// <summary>How many writes led to it.</summary>
    public ulong Number => HardState.Commit;

    /// <summary>Index of the last entry; that of the base when there is none.</summary>
    public ulong LastIndex => Base.Index + (ulong)Log.Count;

    /// <summary>What a storage that was just opened holds.</summary>
    public static ScriptState Of(IRaftStorage storage)
    {
        RecoveredState found = storage.Recovered;
        var log = new List<Entry>();
        while (found.Base.Index + (ulong)log.Count < found.LastIndex)
        {
            storage.Read(found.Base.Index + (ulong)log.Count + 1, found.LastIndex, long.MaxValue, log);
        }

        return new ScriptState(found.HardState, found.Base, log, found.Snapshot);
    }

    /// <summary>The state after a write.</summary>
    public ScriptState After(ScriptStep step)
    {
        bool keeps = step.Base is not { } to || Log.Any(entry => entry.Id == to);
        LogId newBase = step.Base ?? Base;
        ulong from = step.Entries.Count > 0 ? step.Entries[0].Index : ulong.MaxValue;
        IEnumerable<Entry> kept = keeps ? Log.Where(entry => entry.Index > newBase.Index && entry.Index < from) : [];
        return new ScriptState(step.HardState, newBase, [.. kept, .. step.Entries], step.Snapshot ?? Snapshot);
    }

    /// <summary>The first thing in which another state differs, or <c>null</c>.</summary>
    public string? DifferenceTo(ScriptState other)
    {
        if (HardState != other.HardState || Base != other.Base || Snapshot != other.Snapshot || LastIndex != other.LastIndex)
        {
            return $"{HardState}, log behind {Base} to {LastIndex}, snapshot {Snapshot?.Id} instead of "
                + $"{other.HardState}, log behind {other.Base} to {other.LastIndex}, snapshot {other.Snapshot?.Id}";
        }

        for (int i = 0; i < Log.Count; i++)
        {
            if (SampleData.Describe([Log[i]]) != SampleData.Describe([other.Log[i]]))
            {
                (Entry here, Entry there) = (Log[i], other.Log[i]);
                return $"entry {here.Id} of {here.Payload.Length} bytes instead of {there.Id} of {there.Payload.Length}, or with other bytes";
            }
        }

        return null;
    }
}
