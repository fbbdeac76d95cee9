using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;

namespace NexaLoak.Tests.Storage;

/// <summary>
/// Every short sequence of operations, a crash before and after each operation of the disk, and each way in which what was not synced may survive it. What
/// is opened then is the state after some write, and after none that comes before the last one reported durable; and a further crash while it is opened,
/// with again each way to survive, changes nothing about that. The same where at first only the process dies, and the next one finds all that was written:
/// once it is open, no crash takes away what it found.
/// </summary>
/// <remarks>
/// A crash in the middle of a sequence is one at the end of a shorter one, so only those in the last operation are looked at. How long the sequences are
/// is said by RAFT_STORAGE_OPERATIONS.
/// </remarks>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FasterExhaustiveTests
{
    private const string LengthVariable = "RAFT_STORAGE_OPERATIONS";

    private static readonly FasterStorageOptions Options = new()
    {
        Directory = "/simulated", PageBytes = 4 << 10, MemoryBytes = 8 << 10, SegmentBytes = 4 << 10,
    };

    private static int Length => int.Parse(Environment.GetEnvironmentVariable(LengthVariable) ?? "3", NumberStyles.None, CultureInfo.InvariantCulture);

    [Test]
    [Combinatorial]
    public async Task A_crash_anywhere_leaves_what_was_reported_durable_and_nothing_else([Values] Start start, [Values] Step first)
    {
        var search = new Search(start, await Prepare(new SimulatedDisk(), start));
        string? wrong = await search.FindWrong([first], Length);
        await TestContext.Out.WriteLineAsync(
            $"{search.Sequences} sequences, {search.Crashes} crashes, {search.Openings} states opened, {search.SecondCrashes} crashes in that, "
            + $"{search.Deaths} deaths of the process");
        Assert.That(wrong, Is.Null);
        Assert.That(search.Openings, Is.GreaterThan(10));
    }

    [Test]
    public async Task A_crash_anywhere_in_a_creation_leaves_a_folder_that_can_be_created_again()
    {
        var disk = new SimulatedDisk();
        List<SimulatedDisk> left = Watch(disk);
        await FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance).DisposeAsync();
        Assert.That(left, Has.Count.GreaterThan(3));
        foreach (SimulatedDisk crashed in left)
        {
            await using FasterRaftStorage storage = FasterRaftStorage.OpenOn(crashed, Options, NullLogger.Instance);
            Assert.That(storage.Recovered.IsEmpty, Is.True);
        }
    }

    [TestCase(Step.Append)]
    [TestCase(Step.Replace)]
    [TestCase(Step.Vote)]
    [TestCase(Step.Compact)]
    [TestCase(Step.Install)]
    public async Task A_disk_that_lies_about_syncs_is_found(Step step)
    {
        SimulatedDisk honest = await Prepare(new SimulatedDisk(), Start.Filled);
        Assert.That(await new Search(Start.Filled, honest, lies: true).FindWrong([step], 1), Is.Not.Null);
    }

    /// <summary>What the sequences begin with.</summary>
    public enum Start
    {
        /// <summary>A storage that was created, and no more.</summary>
        Empty,

        /// <summary>One with a snapshot, and a log that nearly fills its file.</summary>
        Filled,
    }

    /// <summary>What the sequences consist of.</summary>
    public enum Step
    {
        Append,
        Replace,
        Vote,
        Compact,
        Install,
        Reopen,
    }

    /// <summary>Collects what a loss of power can leave before each operation of a disk, whichever thread it is of.</summary>
    private static List<SimulatedDisk> Watch(SimulatedDisk disk)
    {
        var left = new List<SimulatedDisk>();
        disk.Fault = (operation, _) =>
        {
            lock (left)
            {
                left.AddRange(operation == DiskOperation.Read ? [] : disk.AfterEveryPowerCut());
            }

            return null;
        };
        return left;
    }

    private static async Task<SimulatedDisk> Prepare(SimulatedDisk disk, Start start)
    {
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        foreach (StorageState state in Search.StatesAt(start)[1..])
        {
            session.HardState = state.HardState;
            SnapshotMetadata? snapshot = state.Snapshot is { } named ? session.Seal(named.Id, (int)named.Size) : null;
            session.Listener.WaitFor(session.EnqueueSnapshot(snapshot, snapshot?.Id, snapshot is null ? [.. state.Log] : []));
        }

        return disk;
    }

    private sealed class Search(Start start, SimulatedDisk prepared, bool lies = false)
    {
        private const int EntryBytes = 500;
        private const int SnapshotBytes = 600;

        private readonly HashSet<string> _seen = [];

        public int Sequences { get; private set; }

        public int Crashes { get; private set; }

        public int Openings { get; private set; }

        public int SecondCrashes { get; private set; }

        public int Deaths { get; private set; }

        /// <summary>The states that the preparation goes through.</summary>
        public static List<StorageState> StatesAt(Start start)
        {
            List<StorageState> states = [StorageState.Empty];
            if (start == Start.Filled)
            {
                var hardState = new HardState(1, new NodeId(1), 1);
                states.Add(states[^1].After(SampleData.Entries(1, 1, 5, EntryBytes)) with { HardState = hardState });
                states.Add(states[^1].After(MetadataOf(new LogId(1, 2)), new LogId(1, 2)));
            }

            return states;
        }

        /// <summary>Tries a sequence and all that begin with it; what is wrong with one of them, or <c>null</c>.</summary>
        public async Task<string?> FindWrong(Step[] steps, int length)
        {
            string? wrong = await Try(steps) ?? await TryDeaths(steps);
            foreach (Step next in Enum.GetValues<Step>())
            {
                wrong ??= steps.Length < length ? await FindWrong([.. steps, next], length) : null;
            }

            return wrong;
        }

        private static SnapshotMetadata MetadataOf(LogId id) =>
            SampleData.Metadata(id, SnapshotBytes, Crc32C.Append(0, SampleData.Content(id, SnapshotBytes)));

        private async Task<string?> Try(Step[] steps)
        {
            Sequences++;
            SimulatedDisk disk = prepared.Copy(lies);
            var run = new Run(disk, StatesAt(start));
            foreach (Step step in steps[..^1])
            {
                await run.Do(step);
            }

            var left = new List<(SimulatedDisk Disk, int Durable)>();
            disk.Fault = (operation, _) =>
            {
                Collect(operation);
                return null;
            };
            await run.Do(steps[^1]);
            Collect(DiskOperation.Write);
            disk.Fault = (_, _) => null;
            await run.Close();
            foreach ((SimulatedDisk crashed, int durable) in left)
            {
                if (await Check(crashed, run.States, durable) is string wrong)
                {
                    return $"{start}, then {string.Join(", ", steps)}: {wrong}";
                }
            }

            return null;

            void Collect(DiskOperation operation)
            {
                if (operation == DiskOperation.Read)
                {
                    return;
                }

                // Read first: what is durable afterwards says nothing about this moment.
                int durable = run.Durable;
                lock (left)
                {
                    left.AddRange(disk.AfterEveryPowerCut().Select(crashed => (crashed, durable)));
                }
            }
        }

        /// <summary>The process dies before each operation of the disk in the last step.</summary>
        private async Task<string?> TryDeaths(Step[] steps)
        {
            for (int operations = 0;; operations++)
            {
                SimulatedDisk disk = prepared.Copy(lies);
                var run = new Run(disk, StatesAt(start));
                foreach (Step step in steps[..^1])
                {
                    await run.Do(step);
                }

                if (!await run.Die(steps[^1], operations))
                {
                    return null;
                }

                Deaths++;
                if (await CheckDeath(disk, run.States, run.Durable) is string wrong)
                {
                    return $"{start}, then {string.Join(", ", steps)}, and death before operation {operations}: {wrong}";
                }
            }
        }

        private async Task<string?> CheckDeath(SimulatedDisk disk, IReadOnlyList<StorageState> states, int durable)
        {
            string inspected = InspectedState.Of(disk);
            List<SimulatedDisk> left = Watch(disk);
            string found;
            await using (var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance)))
            {
                disk.Fault = (_, _) => null;
                found = StorageState.Describe(session);
                if (disk.AfterEveryPowerCut().Select(InspectedState.Of).FirstOrDefault(again => again != inspected) is string other)
                {
                    return $"a crash after opening what had been {inspected} leaves {other}";
                }
            }

            if (!states.Skip(durable).Any(state => state.Describe() == found))
            {
                return $"found {found}; write {durable} was durable";
            }

            foreach (SimulatedDisk crashed in left)
            {
                if (await Check(crashed, states, durable) is string wrong)
                {
                    return wrong;
                }
            }

            return null;
        }

        private async Task<string?> Check(SimulatedDisk crashed, IReadOnlyList<StorageState> states, int durable)
        {
            Crashes++;
            string wanted = string.Join('\n', states.Skip(durable).Select(state => state.Describe()));
            if (!_seen.Add(Hash(crashed, wanted)))
            {
                return null;
            }

            Openings++;
            string inspected = InspectedState.Of(crashed);
            List<SimulatedDisk> left = Watch(crashed);
            try
            {
                await using var session = new StorageSession(FasterRaftStorage.OpenOn(crashed, Options, NullLogger.Instance));
                crashed.Fault = (_, _) => null;
                string found = StorageState.Describe(session);
                if (!states.Skip(durable).Any(state => state.Describe() == found))
                {
                    return $"found {found}; write {durable} was durable";
                }
            }
            catch (StorageCorruptedException e)
            {
                return e.Message;
            }

            SecondCrashes += left.Count;
            return left.DistinctBy(again => Hash(again, "")).Select(InspectedState.Of).FirstOrDefault(again => again != inspected) is string other
                ? $"a crash in opening what had been {inspected} leaves {other}"
                : null;
        }

        private static string Hash(SimulatedDisk disk, string wanted)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(wanted));
            foreach (string name in disk.List())
            {
                hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"\n{name} {disk.Files[name].Content.Length}\n"));
                hash.AppendData(disk.Files[name].Content);
            }

            return Convert.ToHexString(hash.GetHashAndReset());
        }

        /// <summary>One sequence under way.</summary>
        private sealed class Run
        {
            private readonly SimulatedDisk _disk;
            private readonly List<StorageState> _states;
            private StorageSession? _session;
            private int _before;

            public Run(SimulatedDisk disk, List<StorageState> states)
            {
                _disk = disk;
                _states = states;
                _session = Open();
                _before = states.Count - 1;
            }

            public IReadOnlyList<StorageState> States => _states;

            /// <summary>How many writes were reported durable, at least.</summary>
            public int Durable
            {
                get
                {
                    StorageSession? session = Volatile.Read(ref _session);
                    return Volatile.Read(ref _before) + (int)(session?.Listener.Persisted ?? 0);
                }
            }

            public async Task Do(Step step)
            {
                StorageState now = _states[^1];
                ulong term = now.HardState.Term + 1;
                switch (step)
                {
                    case Step.Append:
                        Write(now, null, null, SampleData.Entry(Math.Max(1, now.HardState.Term), now.LastIndex + 1, EntryBytes));
                        break;
                    case Step.Replace:
                        Write(Voted(now, term), null, null, SampleData.Entry(term, Math.Max(now.LastIndex, now.Base.Index + 1), EntryBytes));
                        break;
                    case Step.Vote:
                        Write(Voted(now, term), null, null);
                        break;
                    case Step.Compact when now.Log.Count > 0 && now.Log[^1].Index > (now.Snapshot?.Id.Index ?? 0):
                        Save(now, now.Log[^1].Id);
                        break;
                    case Step.Install:
                        Save(Voted(now, term), new LogId(term, now.LastIndex + 2));
                        break;
                    case Step.Reopen:
                        await Close();
                        Volatile.Write(ref _session, Open());
                        break;
                    default:
                        // Nothing to compact.
                        break;
                }
            }

            public async Task Close()
            {
                StorageSession session = _session!;
                await session.DisposeAsync();
                session.Listener.RequireHealthy();
                Volatile.Write(ref _session, null);
                Volatile.Write(ref _before, _states.Count - 1);
            }

            /// <summary>Does a step in a process that dies on the way, after so many operations of the disk. False when it ends before.</summary>
            public async Task<bool> Die(Step step, int operations)
            {
                int left = operations;
                _disk.Fault = (operation, _) => operation != DiskOperation.Read && Interlocked.Decrement(ref left) < 0 ? new IOException("death") : null;
                try
                {
                    await Do(step);
                    await Close();
                }
                catch (Exception e) when (e is IOException or StorageConformanceException)
                {
                    await AbandonAsync();
                }

                _disk.Fault = (_, _) => null;
                return left < 0;
            }

            private async Task AbandonAsync()
            {
                try
                {
                    await (_session?.DisposeAsync() ?? ValueTask.CompletedTask);
                }
                catch (IOException)
                {
                    // It has died already.
                }
            }

            private static StorageState Voted(StorageState state, ulong term) => state with { HardState = new HardState(term, new NodeId(term), term) };

            private StorageSession Open() => new(FasterRaftStorage.OpenOn(_disk, Options, NullLogger.Instance));

            private void Save(StorageState now, LogId id)
            {
                SnapshotMetadata snapshot = _session!.Seal(id, SnapshotBytes);
                Write(now, snapshot, id);
            }

            private void Write(StorageState now, SnapshotMetadata? snapshot, LogId? to, params Entry[] entries)
            {
                _states.Add(now.After(snapshot, to).After(entries));
                _session!.HardState = now.HardState;
                _session.Listener.WaitForOutcome(_session.EnqueueSnapshot(snapshot, to, entries));
            }
        }
    }
}
