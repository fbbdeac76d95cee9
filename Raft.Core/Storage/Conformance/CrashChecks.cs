using Raft.Core.Log;
using Raft.Core.Membership;
using static Raft.Core.Storage.Conformance.SampleData;

namespace Raft.Core.Storage.Conformance;

/// <summary>What a loss of power leaves.</summary>
internal static class CrashChecks
{
    private const int Crashes = 8;
    private const int Writes = 24;

    public static StorageCheck[] All { get; } =
    [
        new("A crash leaves the effect of a prefix of the writes, with all that was reported durable", StorageRules.Crashing, Prefix, needsCrash: true),
    ];

    private static async Task Prefix(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        var model = new StorageModel();
        for (int crash = 0; crash < Crashes; crash++)
        {
            ulong promised = await WriteAsync(session, model, 3 * ((ulong)crash + 1)).ConfigureAwait(false);
            session = trial.Crash();
            model.RequireState(session, promised);
        }
    }

    /// <summary>Makes writes of all kinds, waits for one of them, and tells which was the last that was reported durable.</summary>
    private static async Task<ulong> WriteAsync(StorageSession session, StorageModel model, ulong awaited)
    {
        for (ulong write = 1; write <= Writes; write++)
        {
            ulong term = model.NextTerm();
            ulong first = Math.Max(model.Base.Index, model.LastIndex - Math.Min(write % 3, model.LastIndex)) + 1;
            bool compacts = write % 8 == 5;
            session.HardState = new HardState(term, new NodeId(1 + (term % 3)), 0);
            SnapshotMetadata? snapshot = compacts ? session.Seal(model.IdAt((model.Base.Index + model.LastIndex + 1) / 2), 3000) : null;
            Entry[] entries = compacts || write % 4 == 0 ? [] : Entries(term, first, 3, 100);
            ulong sequence = session.EnqueueSnapshot(snapshot, snapshot?.Id, entries);
            model.Write(session.HardState, snapshot, entries);
            if (write == awaited)
            {
                await session.PersistAsync(sequence).ConfigureAwait(false);
            }
        }

        return session.Listener.Persisted;
    }
}
