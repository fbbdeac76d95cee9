namespace NexaLoak.Orchestrator.Emulator.Journal;

/// <summary>A record as far as a request names it.</summary>
internal sealed record JournalRecord(string? Id, string? Type, string? Name, string? Content, string? Comment)
{
    /// <summary>The whole of a record.</summary>
    public static JournalRecord Of(EmulatedRecord record) => new(record.Id, record.Type, record.Name, record.Content, record.Comment);
}
