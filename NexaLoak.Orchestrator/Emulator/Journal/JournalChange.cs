namespace NexaLoak.Orchestrator.Emulator.Journal;

/// <summary>A change that was made to the zone.</summary>
/// <param name="Action"><c>create</c>, <c>update</c> or <c>delete</c>.</param>
/// <param name="Order">Place in the order of all changes, from 1.</param>
/// <param name="Record">The record as it was made; of a deletion, as it was.</param>
internal sealed record JournalChange(string Action, long Order, JournalRecord Record);
