using Raft.Core.Log;
using static Raft.Core.Storage.Conformance.SampleData;

namespace Raft.Core.Storage.Conformance;

/// <summary>Reading from the log, alone and beside writes.</summary>
internal static class ReadChecks
{
    private const int EntrySize = 10 + Raft.Core.Log.Entry.Overhead;

    public static StorageCheck[] All { get; } =
    [
        new("Reading stops before the limit and reads one at least", StorageRules.ReadLimit, Limits),
        new("Reading outside of the log is refused", StorageRules.ReadRange, Ranges),
        new("Reading goes on beside writing and replacing", StorageRules.ReadBesideWrites, BesideWrites),
        new("Entries that are given up while they are read are refused and never taken for damage", StorageRules.ReadBesideWrites, BesideCompaction),
    ];

    private static async Task Limits(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        await session.AppendAsync(Entries(1, 1, 4, 10)).ConfigureAwait(false);
        foreach ((long maxBytes, int expected) in new[] { (0L, 1), (1, 1), (2 * EntrySize, 2), ((3 * EntrySize) - 1, 2), (1000, 4) })
        {
            var entries = new List<Entry> { Entry(9, 9) };
            session.Storage.Read(1, 4, maxBytes, entries);
            StorageRules.ReadLimit.RequireEqual(
                $"what was in the list, and what is read within {maxBytes} bytes",
                Describe([Entry(9, 9), .. Entries(1, 1, expected, 10)]),
                Describe(entries));
        }
    }

    private static async Task Ranges(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        await session.AppendAsync(Entry(1, 1), Entry(1, 2)).ConfigureAwait(false);
        foreach ((ulong from, ulong to) in new[] { (0ul, 1ul), (3ul, 3ul), (1ul, 3ul), (2ul, 1ul) })
        {
            StorageRules.ReadRange.RequireRefusal<ArgumentOutOfRangeException>(
                $"reading from {from} to {to}, when the log ends at 2", () => session.Storage.Read(from, to, 100, []));
        }
    }

    private static async Task BesideWrites(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        await session.AppendAsync(Entries(1, 1, 100)).ConfigureAwait(false);
        await trial.RepeatBesideAsync(Read, Replace).ConfigureAwait(false);

        void Read()
        {
            var entries = new List<Entry>();
            session.Storage.Read(40, 60, 100_000, entries);
            IEnumerable<Entry> expected = Enumerable.Range(40, 21).Zip(entries, (index, entry) => Entry(entry.Term, (ulong)index));
            StorageRules.ReadBesideWrites.RequireEqual("how many entries are read", 21, entries.Count);
            StorageRules.ReadBesideWrites.RequireEqual("entries of these terms", Describe(expected), Describe(entries));
        }

        Task Replace()
        {
            ulong last = 0;
            for (ulong term = 2; term < 200; term++)
            {
                last = session.Enqueue(Entries(term, 50, 51));
            }

            return session.PersistAsync(last);
        }
    }

    private static async Task BesideCompaction(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        ulong last = 0;
        ulong from = 1;
        await trial.RepeatBesideAsync(Read, Compact).ConfigureAwait(false);

        void Read()
        {
            try
            {
                session.Storage.Read(from, from, 10_000, []);
            }
            catch (ArgumentOutOfRangeException)
            {
                from = Math.Max(1, Interlocked.Read(ref last));
            }
        }

        async Task Compact()
        {
            for (int round = 0; round < 100; round++)
            {
                await session.AppendAsync(Entries(1, last + 1, 20, 500)).ConfigureAwait(false);
                Interlocked.Add(ref last, 20);
                await session.CompactAsync(new LogId(1, last)).ConfigureAwait(false);
            }
        }
    }
}
