using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Storage.Faster;

namespace NexaLoak.Tests.Storage;

/// <summary>
/// Random writes, reopenings and power cuts at any disk operation, against a list. After each reopening the log and the hard state are those of some
/// prefix of the writes, and of one no shorter than what had been reported durable.
/// </summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FasterModelTests
{
    private static readonly FasterStorageOptions Options = new()
    {
        Directory = "/simulated", PageBytes = 4 << 10, MemoryBytes = 8 << 10, SegmentBytes = 8 << 10,
    };

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task The_storage_agrees_with_a_list(int part)
    {
        for (int seed = part * 1000; seed < (part * 1000) + 40; seed++)
        {
            using var run = new Run(seed);
            await run.Play();
        }
    }

    private sealed class Run(int seed) : IDisposable
    {
        private readonly Random _random = new(seed);
        private readonly List<State> _states = [new State(default, [])];
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
                ArmCrash(_random.Next(4) == 0 ? _random.Next(1, 8) : int.MaxValue);
                session = new StorageSession(FasterRaftStorage.OpenOn(_disk, Options, NullLogger.Instance));
                return true;
            }
            catch (IOException)
            {
                session = null!;
                _disk = _disk.AfterPowerCut(_random);
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
            string log = StorageSession.Describe(session.ReadAll(found.Base.Index + 1, found.LastIndex));
            int match = _states.FindLastIndex(state => state.HardState == found.HardState && StorageSession.Describe(state.Log) == log);
            Assert.That(match, Is.GreaterThanOrEqualTo(_durable), $"Seed {seed}: found {found.HardState} {log}; write {_durable} was durable.");
            Assert.That(found.TermRuns, Is.EqualTo(_states[match].TermRuns()), $"Seed {seed}");
            _states.RemoveRange(match + 1, _states.Count - match - 1);
            _opened = match;
            _durable = match;
            session.HardState = found.HardState;
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
                State next = Next(_states[^1], out Entry[] entries);
                _states.Add(next);
                ulong sequence = session.Enqueue(next.HardState, entries);
                if (entries.Length > 0 && _random.Next(4) == 0)
                {
                    Assert.That(StorageSession.Describe(session.ReadAll(1, (ulong)next.Log.Count)), Is.EqualTo(StorageSession.Describe(next.Log)), $"Seed {seed}");
                }

                if (_random.Next(2) == 0)
                {
                    session.Listener.WaitForOutcome(sequence);
                }
            }
        }

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
            _disk = cut ? _disk.AfterPowerCut(_random) : _disk.Copy();
        }

        private State Next(State state, out Entry[] entries)
        {
            ulong term = Math.Max(1, state.HardState.Term) + (ulong)_random.Next(2);
            var hardState = new HardState(term, new NodeId((ulong)_random.Next(3)), (ulong)_random.Next(10));
            int count = _random.Next(3) == 0 ? 0 : _random.Next(1, 8);
            int from = _random.Next(3) == 0 ? _random.Next(1, state.Log.Count + 2) : state.Log.Count + 1;
            int largest = _random.Next(6) == 0 ? Options.MaxPayloadBytes : 300;
            entries = [.. Enumerable.Range(from, count).Select(i => StorageSession.Entry(term, (ulong)i, _random.Next(largest + 1), (byte)_random.Next(256)))];
            return new State(hardState, count == 0 ? state.Log : [.. state.Log.Take(from - 1), .. entries]);
        }
    }

    private sealed record State(HardState HardState, List<Entry> Log)
    {
        public List<TermRun> TermRuns()
        {
            var runs = new List<TermRun>();
            foreach (Entry entry in Log)
            {
                if (runs.Count == 0 || runs[^1].Term != entry.Term)
                {
                    runs.Add(new TermRun(entry.Index, entry.Term));
                }
            }

            return runs;
        }
    }
}
