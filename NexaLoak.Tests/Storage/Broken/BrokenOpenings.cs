using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>Storages that find something else than what was written, and that report what they should not.</summary>
internal static class BrokenOpenings
{
    private const string Reopening = "Entries and hard state are there after reopening";
    private const string Vote = "A vote without entries is there after reopening";
    private const string Crash = "A crash leaves the effect of a prefix of the writes, with all that was reported durable";
    private const string ManyReopenings = "Hard states written after each reopening are found by the next one";

    public static BrokenStorageCase[] All { get; } =
    [
        new("begins with a term", "A new storage is empty", StorageRules.NewIsEmpty, () => new BrokenStorage
        {
            OnRecovered = state => state.IsEmpty ? state with { HardState = new HardState(1, default, 0) } : state,
        }),
        new("loses the newest entry", Reopening, StorageRules.Recovering, () => new BrokenStorage
        {
            OnRecovered = state => state with { LastIndex = Math.Max(state.LastIndex, 1) - 1 },
        }),
        new("takes all entries for ones of the first term", Reopening, StorageRules.TermRuns, () => new BrokenStorage
        {
            OnRecovered = state => state with { TermRuns = [.. state.TermRuns.Take(1)] },
        }),
        new("forgets the vote", Vote, StorageRules.HardState, () => new BrokenStorage
        {
            OnRecovered = state => state with { HardState = state.HardState with { VotedFor = NodeId.None } },
        }),
        new("keeps the hard state only beside entries", Vote, StorageRules.HardState, () => new BrokenStorage
        {
            OnEnqueue = (storage, write) => storage.Enqueue(write.Entries.Count > 0 ? write : write with { HardState = storage.Recovered.HardState }),
        }),
        new("goes on with the sequence of the opening before", ManyReopenings, StorageRules.Sequence, GoesOnWithTheSequence),
        new("keeps the hard state of its first opening", ManyReopenings, StorageRules.HardState, KeepsTheFirstHardState),
        new("closes without its last writes", "Closing makes durable what was enqueued", StorageRules.Closing, () => new BrokenStorage(
            new MemoryStorage(completeAtOnce: false)) { OnDispose = _ => ValueTask.CompletedTask }),
        new("takes writes before it is started", "Start comes before the first write", StorageRules.Starting, () => new BrokenStorage
        {
            OnEnqueue = (storage, write) => Tolerate<InvalidOperationException>(() => storage.Enqueue(write)),
        }),
        new("reports durable what is not", Reopening, StorageRules.Recovering, ReportsDurableWhatIsNot),
        new("reports durable what is not", Crash, StorageRules.Crashing, ReportsDurableWhatIsNot),
        new("writes the hard state before the entries", Crash, StorageRules.Crashing, WritesTheHardStateFirst),
        new("reports a write that is still to come", Reopening, StorageRules.Reporting,
            () => Reports((listener, sequence) => listener.OnPersisted(sequence + 1))),
        new("reports a write twice", Reopening, StorageRules.Reporting, () => Reports((listener, sequence) =>
        {
            listener.OnPersisted(sequence);
            listener.OnPersisted(sequence);
        })),
        new("reports nothing", Reopening, StorageRules.Reporting, () => Reports((_, _) => { })),
        new("takes a success for a failure", Reopening, StorageRules.Failing,
            () => Reports((listener, _) => listener.OnFailed(new IOException("no failure")))),
    ];

    private static BrokenStorage Reports(Action<IStorageListener, ulong> report) => new() { OnStart = listener => new BrokenListener(listener, report) };

    private static BrokenStorage ReportsDurableWhatIsNot()
    {
        IStorageListener? told = null;
        return new BrokenStorage(new MemoryStorage(completeAtOnce: false))
        {
            OnStart = listener => told = listener,
            OnEnqueue = (storage, write) =>
            {
                storage.Enqueue(write);
                told!.OnPersisted(write.Sequence);
            },
            OnDispose = _ => ValueTask.CompletedTask,
        };
    }

    private static BrokenStorage WritesTheHardStateFirst()
    {
        HardState newest = default;
        return new BrokenStorage(new MemoryStorage(completeAtOnce: false))
        {
            OnEnqueue = (storage, write) =>
            {
                newest = write.HardState;
                storage.Enqueue(write);
                storage.CompleteWrites(write.Sequence < 20 ? 1 : 0);
            },
            OnRecovered = state => state with { HardState = newest },
        };
    }

    private static BrokenStorage GoesOnWithTheSequence()
    {
        ulong last = 0;
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                last = write.Sequence > last ? write.Sequence : throw new ArgumentException("the sequence does not grow");
                storage.Enqueue(write);
            },
        };
    }

    private static BrokenStorage KeepsTheFirstHardState()
    {
        HardState first = default;
        return new BrokenStorage
        {
            OnRecovered = state =>
            {
                first = first == default ? state.HardState : first;
                return state with { HardState = first };
            },
        };
    }

    private static void Tolerate<TException>(Action action)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException)
        {
            // The fault: what should have been refused passes.
        }
    }
}
