using Raft.Core.Log;
using Raft.Core.Membership;
using static Raft.Core.Storage.Conformance.SampleData;

namespace Raft.Core.Storage.Conformance;

/// <summary>Appending to the log, replacing what is in it, and refusing what does not fit.</summary>
internal static class LogChecks
{
    public static StorageCheck[] All { get; } =
    [
        new("An entry at or below the last index removes what follows", StorageRules.Replacing, ReplacedSuffix),
        new("An overwritten entry of the same term is read as written last", StorageRules.Replacing, SameTerm),
        new("Entries are readable as soon as they are enqueued", StorageRules.ReadableAtOnce, ReadableAtOnce),
        new("A write may come in several slices", StorageRules.Slices, Slices),
        new("A write that leaves a gap is refused and changes nothing", StorageRules.Refusing, Refused),
    ];

    private static async Task ReplacedSuffix(StorageTrial trial)
    {
        Entry[] expected = [Entry(1, 1), Entry(2, 2, 9), Entry(2, 3, 9)];
        StorageSession session = trial.Start();
        session.Enqueue(Entries(1, 1, 4));
        await session.PersistAsync(session.Enqueue(expected[1..])).ConfigureAwait(false);
        Check(session);

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        StorageRules.Replacing.RequireEqual("the last index", 3ul, reopened.Recovered.LastIndex);
        StorageRules.TermRuns.RequireEqual("the terms", Describe([new TermRun(1, 1), new TermRun(2, 2)]), Describe(reopened.Recovered.TermRuns));
        Check(reopened);

        void Check(StorageSession session)
        {
            StorageRules.Replacing.RequireEqual("the log", Describe(expected), Describe(session.ReadAll(1, 3)));
            StorageRules.Replacing.RequireRefusal<ArgumentOutOfRangeException>(
                "reading an entry that was removed", () => session.Storage.Read(4, 4, 100, []));
        }
    }

    private static async Task SameTerm(StorageTrial trial)
    {
        string expected = Describe([Entry(1, 1), Entry(1, 2, 8, seed: 2)]);
        StorageSession session = trial.Start();
        session.Enqueue(Entry(1, 1), Entry(1, 2, 8, seed: 1));
        await session.AppendAsync(Entry(1, 2, 8, seed: 2)).ConfigureAwait(false);
        StorageRules.Replacing.RequireEqual("the log", expected, Describe(session.ReadAll(1, 2)));

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        StorageRules.Replacing.RequireEqual("the log after reopening", expected, Describe(reopened.ReadAll(1, 2)));
    }

    private static Task ReadableAtOnce(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        for (ulong index = 1; index <= 200; index++)
        {
            session.Enqueue(Entry(1, index));
            List<Entry> read = [];
            try
            {
                read = session.ReadAll(index, index);
            }
            catch (ArgumentOutOfRangeException)
            {
                // Found to be missing below.
            }

            StorageRules.ReadableAtOnce.RequireEqual($"entry {index}", Describe([Entry(1, index)]), Describe(read));
        }

        return Task.CompletedTask;
    }

    private static async Task Slices(StorageTrial trial)
    {
        string expected = Describe([Entry(1, 1), Entry(1, 2), Entry(2, 3)]);
        StorageSession session = trial.Start();
        ulong sequence = session.EnqueueSlices([new[] { Entry(1, 1) }, Array.Empty<Entry>(), new[] { Entry(1, 2), Entry(2, 3) }]);
        await session.PersistAsync(sequence).ConfigureAwait(false);
        StorageRules.Slices.RequireEqual("the log", expected, Describe(session.ReadAll(1, 3)));

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        StorageRules.Slices.RequireEqual("the last index", 3ul, reopened.Recovered.LastIndex);
        StorageRules.Slices.RequireEqual("the log after reopening", expected, Describe(reopened.ReadAll(1, 3)));
    }

    private static async Task Refused(StorageTrial trial)
    {
        var kept = new HardState(2, new NodeId(1), 0);
        var refused = new HardState(9, new NodeId(2), 1);
        StorageSession session = trial.Start();
        await session.PersistAsync(session.Enqueue(kept, Entry(2, 1))).ConfigureAwait(false);
        Refuse("an entry behind a gap", Entry(2, 3));
        Refuse("an entry of index 0", Entry(2, 0));
        Refuse("entries with a gap between them", Entry(2, 2), Entry(2, 4));
        Refuse("an entry whose term is below that of the one before it", Entry(1, 2));
        StorageRules.Refusing.RequireRefusal<ArgumentException>(
            "a sequence number that does not grow", () => session.Storage.Enqueue(new StorageWrite(1, refused, [])));
        await session.PersistAsync(session.Enqueue(kept, Entry(2, 2))).ConfigureAwait(false);
        StorageRules.Refusing.RequireEqual("the log", Describe(Entries(2, 1, 2)), Describe(session.ReadAll(1, 2)));

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        StorageRules.Refusing.RequireEqual("the hard state", kept, reopened.Recovered.HardState);
        StorageRules.Refusing.RequireEqual("the last index", 2ul, reopened.Recovered.LastIndex);
        StorageRules.Refusing.RequireEqual("the log after reopening", Describe(Entries(2, 1, 2)), Describe(reopened.ReadAll(1, 2)));

        void Refuse(string what, params Entry[] entries) =>
            StorageRules.Refusing.RequireRefusal<ArgumentException>(what, () => session.Enqueue(refused, entries));
    }
}
