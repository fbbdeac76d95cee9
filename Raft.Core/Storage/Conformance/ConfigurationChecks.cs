using Raft.Core.Log;
using static Raft.Core.Storage.Conformance.SampleData;

namespace Raft.Core.Storage.Conformance;

/// <summary>The configurations in the log, which a node needs before it reads anything else.</summary>
internal static class ConfigurationChecks
{
    public static StorageCheck[] All { get; } =
    [
        new("Configurations behind the base are recovered as the log has them at last", StorageRules.Configurations, BehindTheBase),
        new("Configurations of a log given up are gone", StorageRules.Configurations, GivenUp),
    ];

    private static async Task BehindTheBase(StorageTrial trial)
    {
        Entry kept = Entry(1, 4, EntryType.Configuration, 30, 1);
        Entry last = Entry(3, 6, EntryType.Configuration, 40, 2);
        Entry withheld = Entry(2, 5, EntryType.Withheld, 0, 0);
        StorageSession session = trial.Start();
        await session.AppendAsync(
            Entry(1, 1, EntryType.Configuration, 20, 0), Entry(1, 2), Entry(1, 3, EntryType.Configuration, 20, 0), kept).ConfigureAwait(false);
        await session.AppendAsync(Entry(1, 5, EntryType.Configuration, 20, 0), Entry(1, 6)).ConfigureAwait(false);
        await session.AppendAsync(withheld, last).ConfigureAwait(false);
        await session.PersistAsync(session.EnqueueSnapshot(session.Seal(new LogId(1, 4)), new LogId(1, 3))).ConfigureAwait(false);
        for (int opening = 0; opening < 2; opening++)
        {
            StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
            StorageRules.Configurations.RequireEqual("configurations", Describe([kept, last]), Describe(reopened.Recovered.Configurations));
            StorageRules.Recovering.RequireEqual("entry 5", Describe([withheld]), Describe(reopened.ReadAll(5, 5)));
        }
    }

    private static async Task GivenUp(StorageTrial trial)
    {
        var id = new LogId(4, 9);
        Entry behind = Entry(4, 10, EntryType.Configuration, 10, 0);
        StorageSession session = trial.Start();
        await session.AppendAsync(Entry(1, 1), Entry(1, 2, EntryType.Configuration, 20, 0)).ConfigureAwait(false);
        await session.PersistAsync(session.EnqueueSnapshot(session.Seal(id), id, behind)).ConfigureAwait(false);

        await trial.CloseAsync().ConfigureAwait(false);
        StorageRules.Configurations.RequireEqual("configurations", Describe([behind]), Describe(trial.Open().Recovered.Configurations));
    }
}
