using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>Storages that are wrong about the log's base, and about the configurations behind it.</summary>
internal static class BrokenBases
{
    private const string InTheLog = "A base in the log gives up what is before it and keeps the rest";
    private const string NotDurable = "A base among entries that are not durable yet keeps the rest";
    private const string BehindTheEnd = "A base behind the end gives up the log";
    private const string AtTheEnd = "A base at the end leaves an empty log that goes on";
    private const string Contradiction = "What contradicts the base or the snapshots is refused and changes nothing";
    private const string Configurations = "Configurations behind the base are recovered as the log has them at last";

    public static BrokenStorageCase[] All { get; } =
    [
        new("reads the base", InTheLog, StorageRules.ReadRange, BrokenLogs.ReadsWhatIsGone),
        new("gives up the whole log", InTheLog, StorageRules.Base, GivesUpTheLog),
        new("gives up the whole log", NotDurable, StorageRules.Base, GivesUpTheLog),
        new("reads a log that was given up", BehindTheEnd, StorageRules.ReadRange, BrokenLogs.ReadsWhatIsGone),
        new("recovers the terms of a log that was given up", BehindTheEnd, StorageRules.TermRuns, KeepsTermRuns),
        new("looks at the base's index alone", "A base of another term gives up the log", StorageRules.Base, LooksAtTheIndexAlone),
        new("reads a log that was given up", "A base directly behind the end gives up the log", StorageRules.ReadRange, BrokenLogs.ReadsWhatIsGone),
        new("forgets the base of an empty log", AtTheEnd, StorageRules.Base, () => new BrokenStorage
        {
            OnRecovered = state => state.LastIndex == state.Base.Index ? state with { Base = default, LastIndex = 0 } : state,
        }),
        new("accepts a term below that of the base", AtTheEnd, StorageRules.Refusing, () => BrokenLogs.Refuses((_, _) => { }, rethrow: false)),
        new("keeps its first base", "The base follows a log of many entries over many openings", StorageRules.Base, KeepsTheFirstBase),
        new("accepts a base that goes back", Contradiction, StorageRules.Refusing, () => Accepts(write => write.Base == new LogId(1, 1))),
        new("accepts another term for the base", Contradiction, StorageRules.Refusing, () => Accepts(write => write.Base == new LogId(2, 2))),
        new("accepts a base beyond its snapshot", Contradiction, StorageRules.Refusing, () => Accepts(write => write.Base == new LogId(2, 3))),
        new("accepts a snapshot that was not sealed", Contradiction, StorageRules.Refusing, () => Accepts(write => write.Snapshot?.Id.Index == 4)),
        new("accepts an older snapshot", Contradiction, StorageRules.Refusing, () => Accepts(write => write.Snapshot?.Id.Index == 1)),
        new("accepts a gap behind a new base", Contradiction, StorageRules.Refusing, () => Accepts(write => write.Snapshot?.Id.Index == 10)),
        new("takes the snapshot of a refused write", Contradiction, StorageRules.Refusing, TakesARefusedSnapshot),
        new("forgets configurations", Configurations, StorageRules.Configurations, () => new BrokenStorage
        {
            OnRecovered = state => state with { Configurations = [] },
        }),
        new("recovers configurations that were replaced", Configurations, StorageRules.Configurations, () => KeepsConfigurations(givenUp: false)),
        new("recovers configurations that were given up", "Configurations of a log given up are gone", StorageRules.Configurations,
            () => KeepsConfigurations(givenUp: true)),
    ];

    private static BrokenStorage Accepts(Func<StorageWrite, bool> matches) => new()
    {
        OnEnqueue = (storage, write) =>
        {
            try
            {
                storage.Enqueue(write);
            }
            catch (ArgumentException) when (matches(write))
            {
                // The fault: what should have been refused passes.
            }
        },
    };

    private static BrokenStorage GivesUpTheLog() => new()
    {
        OnEnqueue = (storage, write) => storage.Enqueue(write with { Base = write.Base is LogId id ? id with { Term = id.Term + 1 } : null }),
    };

    private static BrokenStorage LooksAtTheIndexAlone()
    {
        var terms = new Dictionary<ulong, ulong>();
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                BrokenLogs.EntriesOf(write).ForEach(entry => terms.TryAdd(entry.Index, entry.Term));
                storage.Enqueue(write with { Base = write.Base is LogId id ? id with { Term = terms[id.Index] } : null });
            },
        };
    }

    private static BrokenStorage KeepsTermRuns()
    {
        var runs = new List<TermRun>();
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                storage.Enqueue(write);
                runs = [.. runs.Union(storage.Recovered.TermRuns)];
            },
            OnRecovered = state => state with { TermRuns = runs },
        };
    }

    private static BrokenStorage KeepsTheFirstBase()
    {
        LogId first = default;
        return new BrokenStorage
        {
            OnRecovered = state =>
            {
                first = first == default ? state.Base : first;
                return state with { Base = first };
            },
        };
    }

    private static BrokenStorage TakesARefusedSnapshot()
    {
        SnapshotMetadata? refused = null;
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                try
                {
                    storage.Enqueue(write);
                }
                catch (ArgumentException)
                {
                    refused = write.Snapshot ?? refused;
                    throw;
                }
            },
            OnRecovered = state => state with { Snapshot = refused ?? state.Snapshot },
        };
    }

    private static BrokenStorage KeepsConfigurations(bool givenUp)
    {
        var kept = new List<Entry>();
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                storage.Enqueue(write);
                kept.AddRange(BrokenLogs.EntriesOf(write).Where(entry => entry.Type == EntryType.Configuration));
            },
            OnRecovered = state => state with { Configurations = kept.FindAll(entry => givenUp || entry.Index > state.Base.Index) },
        };
    }
}
