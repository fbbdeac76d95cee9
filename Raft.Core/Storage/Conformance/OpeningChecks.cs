using Raft.Core.Log;
using Raft.Core.Membership;
using static Raft.Core.Storage.Conformance.SampleData;

namespace Raft.Core.Storage.Conformance;

/// <summary>What a storage finds when it is opened, and what closing it leaves.</summary>
internal static class OpeningChecks
{
    public static StorageCheck[] All { get; } =
    [
        new("A new storage is empty", StorageRules.NewIsEmpty, NewStorage),
        new("Entries and hard state are there after reopening", StorageRules.Recovering, EntriesAndHardState),
        new("A vote without entries is there after reopening", StorageRules.HardState, VoteWithoutEntries),
        new("Hard states written after each reopening are found by the next one", StorageRules.Sequence, LaterHardStates),
        new("Closing makes durable what was enqueued", StorageRules.Closing, Closing),
        new("Start comes before the first write", StorageRules.Starting, StartFirst),
    ];

    private static Task NewStorage(StorageTrial trial)
    {
        IRaftStorage storage = trial.Open();
        RecoveredState state = storage.Recovered;
        StorageRules.NewIsEmpty.RequireEqual("whether it is empty", true, state.IsEmpty);
        StorageRules.NewIsEmpty.RequireEqual("the newest snapshot", null, state.Snapshot);
        StorageRules.NewIsEmpty.RequireEqual("runs of terms", 0, state.TermRuns.Count);
        StorageRules.NewIsEmpty.RequireEqual("configurations", 0, state.Configurations.Count);
        StorageRules.ReadRange.RequireRefusal<ArgumentOutOfRangeException>("reading an empty log", () => storage.Read(1, 1, 100, []));
        return Task.CompletedTask;
    }

    private static async Task EntriesAndHardState(StorageTrial trial)
    {
        var hardState = new HardState(3, new NodeId(2), 1);
        Entry[] entries = [Entry(1, 1), Entry(2, 2, EntryType.NoOp, 0, 0), Entry(2, 3, EntryType.Configuration, 100, 0)];
        StorageSession session = trial.Start();
        await session.PersistAsync(session.Enqueue(hardState, entries)).ConfigureAwait(false);

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        StorageRules.Recovering.RequireEqual("the hard state", hardState, reopened.Recovered.HardState);
        StorageRules.Recovering.RequireEqual("the last index", 3ul, reopened.Recovered.LastIndex);
        StorageRules.TermRuns.RequireEqual("the terms", Describe([new TermRun(1, 1), new TermRun(2, 2)]), Describe(reopened.Recovered.TermRuns));
        StorageRules.Recovering.RequireEqual("the log", Describe(entries), Describe(reopened.ReadAll(1, 3)));
    }

    private static async Task VoteWithoutEntries(StorageTrial trial)
    {
        var vote = new HardState(7, new NodeId(3), 0);
        StorageSession session = trial.Start();
        await session.PersistAsync(session.Enqueue(vote)).ConfigureAwait(false);

        await trial.CloseAsync().ConfigureAwait(false);
        RecoveredState state = trial.Open().Recovered;
        StorageRules.HardState.RequireEqual("the hard state", vote, state.HardState);
        StorageRules.Recovering.RequireEqual("the last index", 0ul, state.LastIndex);
        StorageRules.NewIsEmpty.RequireEqual("whether it is empty", false, state.IsEmpty);
    }

    private static async Task LaterHardStates(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        await session.PersistAsync(session.Enqueue(new HardState(2, new NodeId(1), 0), Entry(2, 1), Entry(2, 2))).ConfigureAwait(false);
        await session.PersistAsync(session.Enqueue(new HardState(4, NodeId.None, 1))).ConfigureAwait(false);
        for (ulong term = 5; term < 8; term++)
        {
            session = await trial.RestartAsync().ConfigureAwait(false);
            StorageRules.HardState.RequireEqual("the hard state", new HardState(term - 1, NodeId.None, term - 4), session.Recovered.HardState);
            StorageRules.Recovering.RequireEqual("the last index", 2ul, session.Recovered.LastIndex);
            await session.PersistAsync(session.Enqueue(new HardState(term, NodeId.None, term - 3))).ConfigureAwait(false);
        }
    }

    private static async Task Closing(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        ulong last = 0;
        for (ulong index = 1; index <= 100; index++)
        {
            last = session.Enqueue(Entry(1, index, 50));
        }

        await trial.CloseAsync().ConfigureAwait(false);
        StorageRules.Closing.RequireEqual("the last write reported durable", last, session.Listener.Persisted);
        StorageRules.Closing.RequireEqual("the last index", 100ul, trial.Open().Recovered.LastIndex);
    }

    private static Task StartFirst(StorageTrial trial)
    {
        IRaftStorage storage = trial.Open();
        StorageRules.Starting.RequireRefusal<InvalidOperationException>(
            "a write before the start", () => storage.Enqueue(new StorageWrite(1, default, [])));
        return Task.CompletedTask;
    }
}
