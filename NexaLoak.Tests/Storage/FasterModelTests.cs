using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;

namespace NexaLoak.Tests.Storage;

/// <summary>
/// Random writes, snapshots, compactions, reopenings, power cuts and deaths of the process at any disk operation, against a list. After each reopening the log,
/// the hard state and the newest snapshot are those of some prefix of the writes, and of one no shorter than what had been reported durable, by an earlier
/// opening too: what an opening has found is never lost again.
/// </summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FasterModelTests
{
    private static readonly FasterStorageOptions Options = new()
    {
        Directory = "/simulated", PageBytes = 4 << 10, MemoryBytes = 8 << 10, SegmentBytes = 8 << 10,
    };

    private const string RunsVariable = "RAFT_STORAGE_RUNS";
    private const int Parts = 4;

    /// <summary>How many runs the parts share.</summary>
    private static int Runs => int.Parse(Environment.GetEnvironmentVariable(RunsVariable) ?? "240", NumberStyles.None, CultureInfo.InvariantCulture);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task The_storage_agrees_with_a_list(int part)
    {
        for (int seed = part; seed < Runs; seed += Parts)
        {
            using var run = new Run(seed);
            await run.Play();
        }
    }

    private sealed class Run(int seed) : IDisposable
    {
        private readonly Random _random = new(seed);
        private readonly List<StorageState> _states = [StorageState.Empty];
        private SimulatedDisk _disk = new();
        private int _opened;
        private int _durable;

        public async Task Play()
        {
            for (int opening = 0; opening < 8; opening++)
            {
                if (!TryOpen(out StorageSession? session))
                {
                    continue;
                }

                CheckAgainstModel(session);
                ArmCrash(_random.Next(3) == 0 ? int.MaxValue : _random.Next(1, 60));
                Write(session, _random.Next(1, 25));
                await Stop(session);
            }
        }

        public void Dispose() => _disk.Dispose();

        private bool TryOpen(out StorageSession session)
        {
            try
            {
                string inspected = InspectedState.Of(_disk);
                ArmCrash(_random.Next(4) == 0 ? _random.Next(1, 8) : int.MaxValue);
                session = new StorageSession(FasterRaftStorage.OpenOn(_disk, Options, NullLogger.Instance));
                Assert.That(InspectedState.Of(session.Storage.Recovered), Is.EqualTo(inspected), $"seed {seed}");
                return true;
            }
            catch (IOException)
            {
                session = null!;
                Break();
                return false;
            }
            catch (StorageCorruptedException e)
            {
                throw new AssertionException($"Seed {seed}: {e.Message}");
            }
        }

        private void CheckAgainstModel(StorageSession session)
        {
            _disk.Fault = (_, _) => null;
            RecoveredState found = session.Storage.Recovered;
            string all = StorageState.Describe(session);
            int match = _states.FindLastIndex(state => state.HardState == found.HardState && state.Describe() == all);
            Assert.That(
                match,
                Is.GreaterThanOrEqualTo(_durable),
                $"Seed {seed}: found {all}; write {_durable} was durable.");
            CheckDetails(session, _states[match]);
            _states.RemoveRange(match + 1, _states.Count - match - 1);
            _opened = match;
            _durable = match;
            session.HardState = found.HardState;
        }

        private void CheckDetails(StorageSession session, StorageState state)
        {
            RecoveredState found = session.Storage.Recovered;
            Assert.That(found.TermRuns, Is.EqualTo(state.TermRuns()), $"Seed {seed}");
            Assert.That(
                SampleData.Describe(found.Configurations),
                Is.EqualTo(SampleData.Describe(state.Log.Where(entry => entry.Type == EntryType.Configuration))),
                $"Seed {seed}");
            string[] snapshots = [.. _disk.List().Where(name => name.StartsWith("snapshot.", StringComparison.Ordinal))];
            Assert.That(snapshots, Has.Length.EqualTo(state.Snapshot is null ? 0 : 1), $"Seed {seed}: {string.Join(' ', snapshots)}");
            if (state.Snapshot is SnapshotMetadata snapshot)
            {
                Assert.That(session.ReadSnapshot(snapshot), Is.EqualTo(SampleData.Content(snapshot.Id, (int)snapshot.Size)), $"Seed {seed}");
            }
        }

        private void ArmCrash(int operations)
        {
            _disk.TornWrites = new Random(_random.Next());
            int left = operations;
            _disk.Fault = (operation, _) => operation != DiskOperation.Read && Interlocked.Decrement(ref left) < 0 ? new IOException("power cut") : null;
        }

        private void Write(StorageSession session, int writes)
        {
            for (int i = 0; i < writes && session.Listener.Failures.Count == 0; i++)
            {
                StorageState state = _states[^1];
                (SnapshotMetadata? snapshot, LogId? to) = _random.Next(6) == 0 ? SaveSnapshot(session, state) : (null, null);
                to ??= state.Snapshot is SnapshotMetadata newest && _random.Next(6) == 0 ? InLog(state, newest.Id.Index) : null;
                StorageState next = Next(state.After(snapshot, to), out Entry[] entries);
                _states.Add(next);
                session.HardState = next.HardState;
                ulong sequence = session.EnqueueSnapshot(snapshot, to, entries);
                if (entries.Length > 0 && _random.Next(4) == 0)
                {
                    string log = SampleData.Describe(session.ReadAll(next.Base.Index + 1, next.LastIndex));
                    Assert.That(log, Is.EqualTo(SampleData.Describe(next.Log)), $"Seed {seed}");
                }

                if (_random.Next(2) == 0)
                {
                    session.Listener.WaitForOutcome(sequence);
                }
            }
        }

        /// <summary>
        /// Saves a snapshot of an entry of the log, or one as a leader sends it, of an entry that the log does not hold; now and then it stays unnamed.
        /// </summary>
        private (SnapshotMetadata? Snapshot, LogId? Base) SaveSnapshot(StorageSession session, StorageState state)
        {
            ulong newest = state.Snapshot?.Id.Index ?? 0;
            ulong index = Math.Max(newest + 1, state.Base.Index) + (ulong)_random.Next(8);
            bool received = _random.Next(3) == 0;
            LogId? id = received ? new LogId(Math.Max(1, state.HardState.Term), index) : InLog(state, index);
            if (id is null || id.Value.Index <= newest)
            {
                return (null, null);
            }

            try
            {
                SnapshotMetadata snapshot = session.Seal(id.Value, _random.Next(3000));
                return _random.Next(4) == 0 ? (null, null) : (snapshot, received ? id : null);
            }
            catch (IOException)
            {
                // A crash, which the log meets as well; what was saved stays the newest.
                return (null, null);
            }
        }

        /// <summary>The last entry at or before an index, above the base.</summary>
        private static LogId? InLog(StorageState state, ulong index) =>
            state.Log.FindLast(entry => entry.Index <= index) is { Index: > 0 } entry ? entry.Id : null;

        private async Task Stop(StorageSession session)
        {
            bool cut = _random.Next(2) == 0;
            if (cut)
            {
                _disk.Fault = (_, _) => new IOException("power cut");
            }

            try
            {
                await session.DisposeAsync();
            }
            catch (IOException)
            {
                cut = true;
            }

            cut |= session.Listener.Failures.Count > 0;
            _durable = _opened + (int)session.Listener.Persisted;
            Assert.That(session.Listener.BrokenRules, Is.Empty, $"Seed {seed}");
            Assert.That(session.Listener.Failures, Has.Count.LessThanOrEqualTo(1), $"Seed {seed}");
            if (cut)
            {
                Break();
            }
            else
            {
                _disk = _disk.Copy();
            }
        }

        /// <summary>The power fails; or only the process dies, and what it wrote can still be read, synced or not.</summary>
        private void Break()
        {
            _disk.Fault = (_, _) => null;
            if (_random.Next(3) > 0)
            {
                _disk = _disk.AfterPowerCut(_random);
            }
        }

        private StorageState Next(StorageState state, out Entry[] entries)
        {
            ulong term = Math.Max(Math.Max(1, state.Base.Term), state.HardState.Term) + (ulong)_random.Next(2);
            var hardState = new HardState(term, new NodeId((ulong)_random.Next(3)), (ulong)_random.Next(10));
            int count = _random.Next(3) == 0 ? 0 : _random.Next(1, 8);
            ulong first = state.Base.Index + 1;
            ulong from = _random.Next(3) == 0 ? first + (ulong)_random.Next(state.Log.Count + 1) : state.LastIndex + 1;
            int largest = _random.Next(6) == 0 ? Options.MaxPayloadBytes : 300;
            entries = [.. Enumerable.Range(0, count).Select(i => EntryAt(term, from + (ulong)i, largest))];
            return state.After(entries) with { HardState = hardState };
        }

        private Entry EntryAt(ulong term, ulong index, int largest) =>
            SampleData.Entry(term, index, (EntryType)_random.Next(4), _random.Next(largest + 1), (byte)_random.Next(256));
    }
}
