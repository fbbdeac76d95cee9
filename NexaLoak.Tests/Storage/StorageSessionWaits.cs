using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;

namespace NexaLoak.Tests.Storage;

/// <summary>Waits that block, for tests that do one thing after the other.</summary>
internal static class StorageSessionWaits
{
    /// <summary>Appends entries and waits until they are durable.</summary>
    public static void Append(this StorageSession session, params Entry[] entries) => session.Listener.WaitFor(session.Enqueue(entries));

    /// <summary>Seals a snapshot and makes it the newest, with the log's base at the same place.</summary>
    public static SnapshotMetadata Compact(this StorageSession session, LogId id, int size = 100) =>
        session.CompactAsync(id, size).GetAwaiter().GetResult();

    /// <summary>Waits until a write is durable.</summary>
    public static void WaitFor(this RecordingListener listener, ulong sequence)
    {
        listener.WaitForOutcome(sequence);
        Assert.That(listener.Persisted, Is.GreaterThanOrEqualTo(sequence), string.Join("; ", listener.Failures));
    }

    /// <summary>Waits until a write is durable or the storage has failed.</summary>
    public static void WaitForOutcome(this RecordingListener listener, ulong sequence)
    {
        bool ended = listener.WaitForOutcomeAsync(sequence, Eventually.Limit, CancellationToken.None).GetAwaiter().GetResult();
        Assert.That(ended, Is.True, $"waited in vain for the outcome of write {sequence}");
    }

    /// <summary>Waits until the storage has failed.</summary>
    public static Exception WaitForFailure(this RecordingListener listener)
    {
        listener.WaitForOutcome(ulong.MaxValue);
        return listener.Failures[0];
    }
}
