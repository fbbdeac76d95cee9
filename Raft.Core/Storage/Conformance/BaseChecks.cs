using Raft.Core.Log;
using static Raft.Core.Storage.Conformance.SampleData;

namespace Raft.Core.Storage.Conformance;

/// <summary>The log's base, and what is given up before it.</summary>
internal static class BaseChecks
{
    public static StorageCheck[] All { get; } =
    [
        new("A base in the log gives up what is before it and keeps the rest", StorageRules.Base, trial => InTheLog(trial, durable: true)),
        new("A base among entries that are not durable yet keeps the rest", StorageRules.Base, trial => InTheLog(trial, durable: false)),
        new("A base behind the end gives up the log", StorageRules.Base, trial => NotInTheLog(trial, new LogId(5, 9))),
        new("A base of another term gives up the log", StorageRules.Base, trial => NotInTheLog(trial, new LogId(2, 3))),
        new("A base directly behind the end gives up the log", StorageRules.Base, trial => NotInTheLog(trial, new LogId(1, 5))),
        new("A base at the end leaves an empty log that goes on", StorageRules.Base, AtTheEnd),
        new("The base follows a log of many entries over many openings", StorageRules.Base, ManyOpenings),
        new("What contradicts the base or the snapshots is refused and changes nothing", StorageRules.Refusing, Refused),
    ];

    private static async Task InTheLog(StorageTrial trial, bool durable)
    {
        var id = new LogId(2, 3);
        StorageSession session = trial.Start();
        ulong last = session.Enqueue(Entry(1, 1), Entry(2, 2), Entry(2, 3), Entry(2, 4), Entry(3, 5));
        if (durable)
        {
            await session.PersistAsync(last).ConfigureAwait(false);
        }

        session.EnqueueSnapshot(session.Seal(id), id);
        CheckLog(session, 3, Entry(2, 4), Entry(3, 5));
        await session.AppendAsync(Entry(3, 6)).ConfigureAwait(false);
        CheckLog(session, 3, Entry(2, 4), Entry(3, 5), Entry(3, 6));

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        CheckState(reopened.Recovered, id, 6, new TermRun(4, 2), new TermRun(5, 3));
        CheckLog(reopened, 3, Entry(2, 4), Entry(3, 5), Entry(3, 6));
    }

    private static async Task NotInTheLog(StorageTrial trial, LogId id)
    {
        Entry[] behind = [Entry(id.Term, id.Index + 1), Entry(7, id.Index + 2)];
        StorageSession session = trial.Start();
        await session.AppendAsync(Entries(1, 1, 4)).ConfigureAwait(false);
        ulong last = session.EnqueueSnapshot(session.Seal(id), id, behind);
        CheckLog(session, id.Index, behind);
        await session.PersistAsync(last).ConfigureAwait(false);

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        CheckState(reopened.Recovered, id, id.Index + 2, new TermRun(id.Index + 1, id.Term), new TermRun(id.Index + 2, 7));
        CheckLog(reopened, id.Index, behind);
    }

    private static async Task AtTheEnd(StorageTrial trial)
    {
        var id = new LogId(2, 2);
        StorageSession session = trial.Start();
        await session.AppendAsync(Entry(1, 1), Entry(2, 2)).ConfigureAwait(false);
        await session.CompactAsync(id).ConfigureAwait(false);
        await session.PersistAsync(session.EnqueueSnapshot(null, id)).ConfigureAwait(false);

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        CheckState(reopened.Recovered, id, 2);
        StorageRules.NewIsEmpty.RequireEqual("whether it is empty", false, reopened.Recovered.IsEmpty);
        StorageRules.Refusing.RequireRefusal<ArgumentException>(
            "an entry whose term is below that of the base", () => reopened.Enqueue(Entry(1, 3)));
        await reopened.AppendAsync(Entry(2, 3)).ConfigureAwait(false);

        StorageSession again = await trial.RestartAsync().ConfigureAwait(false);
        CheckState(again.Recovered, id, 3, new TermRun(3, 2));
        CheckLog(again, 2, Entry(2, 3));
    }

    private static async Task ManyOpenings(StorageTrial trial)
    {
        ulong last = 0;
        StorageSession session = trial.Start();
        for (int opening = 0; opening < 4; opening++)
        {
            for (int round = 0; round < 10; round++)
            {
                await session.AppendAsync(Entries(1, last + 1, 20, 700)).ConfigureAwait(false);
                last += 20;
                await session.CompactAsync(new LogId(1, last - 10)).ConfigureAwait(false);
            }

            CheckLog(session, last - 10, Entries(1, last - 9, 10, 700));
            session = await trial.RestartAsync().ConfigureAwait(false);
            CheckState(session.Recovered, new LogId(1, last - 10), last, new TermRun(last - 9, 1));
        }
    }

    private static async Task Refused(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        await session.AppendAsync(Entry(1, 1), Entry(1, 2), Entry(2, 3), Entry(2, 4)).ConfigureAwait(false);
        SnapshotMetadata older = session.Seal(new LogId(1, 1));
        SnapshotMetadata newest = await session.CompactAsync(new LogId(1, 2)).ConfigureAwait(false);
        Refuse("a base that no snapshot covers", null, new LogId(2, 3));
        Refuse("a base before the present one", null, new LogId(1, 1));
        Refuse("another term for the base", null, new LogId(2, 2));
        Refuse("a snapshot that was not sealed", Metadata(new LogId(2, 4), 100, 1), null);
        Refuse("a snapshot older than the newest", older, null);
        Refuse("an entry at the base", null, null, Entry(2, 2));
        SnapshotMetadata far = session.Seal(new LogId(5, 10));
        Refuse("entries that do not continue the new base", far, far.Id, Entry(5, 12));
        await session.AppendAsync(Entry(2, 5)).ConfigureAwait(false);
        StorageRules.Refusing.RequireEqual("the log", Describe(Entries(2, 3, 3)), Describe(session.ReadAll(3, 5)));

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        StorageRules.Refusing.RequireEqual("the newest snapshot", newest, reopened.Recovered.Snapshot);
        StorageRules.Refusing.RequireEqual("the base", new LogId(1, 2), reopened.Recovered.Base);
        StorageRules.Refusing.RequireEqual("the last index", 5ul, reopened.Recovered.LastIndex);
        StorageRules.Refusing.RequireEqual("the log after reopening", Describe(Entries(2, 3, 3)), Describe(reopened.ReadAll(3, 5)));

        void Refuse(string what, SnapshotMetadata? snapshot, LogId? to, params Entry[] entries) =>
            StorageRules.Refusing.RequireRefusal<ArgumentException>(what, () => session.EnqueueSnapshot(snapshot, to, entries));
    }

    private static void CheckState(RecoveredState state, LogId id, ulong lastIndex, params TermRun[] runs)
    {
        StorageRules.Base.RequireEqual("the base", id, state.Base);
        StorageRules.Base.RequireEqual("the last index", lastIndex, state.LastIndex);
        StorageRules.TermRuns.RequireEqual("the terms", Describe(runs), Describe(state.TermRuns));
        StorageRules.NewestSnapshot.RequireEqual("the newest snapshot", id, state.Snapshot?.Id);
    }

    private static void CheckLog(StorageSession session, ulong at, params Entry[] expected)
    {
        StorageRules.Base.RequireEqual("the log", Describe(expected), Describe(session.ReadAll(at + 1, expected[^1].Index)));
        Refuse(at, at);
        Refuse(at, at + 1);
        Refuse(1, 1);

        void Refuse(ulong from, ulong to) => StorageRules.ReadRange.RequireRefusal<ArgumentOutOfRangeException>(
            $"reading from {from} to {to}, when the base is at {at}", () => session.Storage.Read(from, to, 100, []));
    }
}
