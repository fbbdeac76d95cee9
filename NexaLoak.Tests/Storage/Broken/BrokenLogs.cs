using System.Collections.Concurrent;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>Storages that keep, give up or read other entries than they should.</summary>
internal static class BrokenLogs
{
    private const string Suffix = "An entry at or below the last index removes what follows";
    private const string Gap = "A write that leaves a gap is refused and changes nothing";
    private const string Limit = "Reading stops before the limit and reads one at least";
    private const string Range = "Reading outside of the log is refused";

    public static BrokenStorageCase[] All { get; } =
    [
        new("reads entries that were replaced", Suffix, StorageRules.Replacing, () => ReadsWhatIsGone()),
        new("keeps a conflicting suffix", Suffix, StorageRules.Replacing, KeepsTheSuffix),
        new("takes an entry of the same term for the same entry", "An overwritten entry of the same term is read as written last",
            StorageRules.Replacing, IgnoresTheSameTerm),
        new("reads an entry only once it is durable", "Entries are readable as soon as they are enqueued", StorageRules.ReadableAtOnce, ReadsLate),
        new("takes the first slice alone", "A write may come in several slices", StorageRules.Slices, () => new BrokenStorage
        {
            OnEnqueue = (storage, write) => storage.Enqueue(write with { Entries = [.. write.Entries.Take(1)] }),
        }),
        new("accepts a gap", Gap, StorageRules.Refusing, () => Refuses((_, _) => { }, rethrow: false)),
        new("keeps the beginning of a refused write", Gap, StorageRules.Refusing, () => Refuses(KeepBeginning)),
        new("keeps the hard state of a refused write", Gap, StorageRules.Refusing, KeepsARefusedHardState),
        new("reads without a limit", Limit, StorageRules.ReadLimit, () => new BrokenStorage
        {
            OnRead = (storage, from, to, _, into) => storage.Read(from, to, long.MaxValue, into),
        }),
        new("reads one entry more than the limit allows", Limit, StorageRules.ReadLimit, () => new BrokenStorage
        {
            OnRead = (storage, from, to, maxBytes, into) => storage.Read(from, to, maxBytes + 42, into),
        }),
        new("reads nothing where the first entry exceeds the limit", Limit, StorageRules.ReadLimit, () => new BrokenStorage
        {
            OnRead = (storage, from, to, maxBytes, into) => storage.Read(from, to, maxBytes, maxBytes < 42 ? [] : into),
        }),
        new("empties the list that it reads into", Limit, StorageRules.ReadLimit, () => new BrokenStorage
        {
            OnRead = (storage, from, to, maxBytes, into) =>
            {
                into.Clear();
                storage.Read(from, to, maxBytes, into);
            },
        }),
        new("reads what there is of a range", Range, StorageRules.ReadRange, () => new BrokenStorage
        {
            OnRead = (storage, from, to, maxBytes, into) => storage.Read(from, Math.Min(to, storage.Recovered.LastIndex), maxBytes, into),
        }),
        new("reads nothing out of range", "A new storage is empty", StorageRules.ReadRange, ReadsNothingOutOfRange),
        new("reads old payloads under new terms", "Reading goes on beside writing and replacing", StorageRules.ReadBesideWrites, MixesPayloads),
        new("takes entries given up for damage", "Entries that are given up while they are read are refused and never taken for damage",
            StorageRules.ReadBesideWrites, TakesEntriesGivenUpForDamage),
    ];

    /// <summary>Reads an entry that is not in the log any more as it was written last.</summary>
    public static BrokenStorage ReadsWhatIsGone()
    {
        var cache = new ConcurrentDictionary<ulong, Entry>();
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                storage.Enqueue(write);
                EntriesOf(write).ForEach(entry => cache[entry.Index] = entry);
            },
            OnRead = (storage, from, to, maxBytes, into) =>
            {
                try
                {
                    storage.Read(from, to, maxBytes, into);
                }
                catch (ArgumentOutOfRangeException) when (cache.ContainsKey(from))
                {
                    into.Add(cache[from]);
                }
            },
        };
    }

    /// <summary>Does something with a write that does not fit, and still refuses it or not.</summary>
    public static BrokenStorage Refuses(Action<MemoryStorage, StorageWrite> onRefused, bool rethrow = true) => new()
    {
        OnEnqueue = (storage, write) =>
        {
            try
            {
                storage.Enqueue(write);
            }
            catch (ArgumentException)
            {
                onRefused(storage, write);
                if (rethrow)
                {
                    throw;
                }
            }
        },
    };

    public static List<Entry> EntriesOf(StorageWrite write) => [.. write.Entries.SelectMany(slice => slice.ToArray())];

    private static void KeepBeginning(MemoryStorage storage, StorageWrite write)
    {
        if (EntriesOf(write) is [Entry first, _, ..])
        {
            storage.Enqueue(write with { Entries = [new[] { first }] });
        }
    }

    private static BrokenStorage KeepsTheSuffix()
    {
        ulong last = 0;
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                storage.Enqueue(write);
                last = Math.Max(last, storage.Recovered.LastIndex);
            },
            OnRecovered = state => state with { LastIndex = last },
        };
    }

    private static BrokenStorage IgnoresTheSameTerm()
    {
        var terms = new Dictionary<ulong, ulong>();
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                Entry[] fresh = [.. EntriesOf(write).Where(entry => terms.GetValueOrDefault(entry.Index) != entry.Term)];
                storage.Enqueue(write with { Entries = [fresh] });
                Array.ForEach(fresh, entry => terms[entry.Index] = entry.Term);
            },
        };
    }

    private static BrokenStorage ReadsLate()
    {
        StorageWrite? held = null;
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                Pass(storage, held);
                held = write;
            },
            OnDispose = storage =>
            {
                Pass(storage, held);
                return storage.DisposeAsync();
            },
        };

        static void Pass(MemoryStorage storage, StorageWrite? write)
        {
            if (write is StorageWrite waiting)
            {
                storage.Enqueue(waiting);
            }
        }
    }

    private static BrokenStorage KeepsARefusedHardState()
    {
        HardState? kept = null;
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
                    kept = write.HardState;
                    throw;
                }
            },
            OnRecovered = state => state with { HardState = kept ?? state.HardState },
        };
    }

    private static BrokenStorage ReadsNothingOutOfRange() => new()
    {
        OnRead = (storage, from, to, maxBytes, into) =>
        {
            try
            {
                storage.Read(from, to, maxBytes, into);
            }
            catch (ArgumentOutOfRangeException)
            {
                // The fault: an empty answer in the place of a refusal.
            }
        },
    };

    private static BrokenStorage MixesPayloads()
    {
        var first = new ConcurrentDictionary<ulong, ReadOnlyMemory<byte>>();
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                EntriesOf(write).ForEach(entry => first.TryAdd(entry.Index, entry.Payload));
                storage.Enqueue(write);
            },
            OnRead = (storage, from, to, maxBytes, into) =>
            {
                var entries = new List<Entry>();
                storage.Read(from, to, maxBytes, entries);
                entries.ForEach(entry => into.Add(entry with { Payload = first[entry.Index] }));
            },
        };
    }

    private static BrokenStorage TakesEntriesGivenUpForDamage() => new()
    {
        OnRead = (storage, from, to, maxBytes, into) =>
        {
            try
            {
                storage.Read(from, to, maxBytes, into);
            }
            catch (ArgumentOutOfRangeException e)
            {
                throw new StorageCorruptedException("an entry is missing", e);
            }
        },
    };
}
