using System.Collections.Immutable;
using NexaLoak.Orchestrator.Emulator.Journal;

namespace NexaLoak.Orchestrator.Emulator;

/// <summary>Changes under way, on a copy of the zone.</summary>
internal sealed class ZoneTransaction(ImmutableArray<EmulatedRecord> records, DateTimeOffset now)
{
    private readonly List<EmulatedRecord> _records = [.. records];
    private readonly List<JournalChange> _changes = [];

    /// <summary>The records with the changes so far.</summary>
    public IReadOnlyList<EmulatedRecord> Records => _records;

    /// <summary>The changes so far.</summary>
    public IReadOnlyList<JournalChange> Changes => _changes;

    /// <summary>The time of the changes.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>The record of this id, or <c>null</c>.</summary>
    public EmulatedRecord? Find(string id) => _records.Find(record => record.Id == id);

    /// <summary>Adds a record.</summary>
    public void Add(EmulatedRecord record)
    {
        _records.Add(record);
        Note("create", record);
    }

    /// <summary>Puts a record in the place of the one with its id.</summary>
    public void Replace(EmulatedRecord record)
    {
        _records[_records.FindIndex(old => old.Id == record.Id)] = record;
        Note("update", record);
    }

    /// <summary>Takes a record out.</summary>
    public void Remove(EmulatedRecord record)
    {
        _records.Remove(record);
        Note("delete", record);
    }

    private void Note(string action, EmulatedRecord record)
        => _changes.Add(new JournalChange(action, Order: 0, JournalRecord.Of(record)));
}
