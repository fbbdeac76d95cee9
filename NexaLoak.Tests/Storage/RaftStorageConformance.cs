using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using static NexaLoak.Tests.Storage.StorageSession;

namespace NexaLoak.Tests.Storage;

/// <summary>What every <see cref="IRaftStorage"/> owes to the node. A fixture for an implementation says how to open and reopen it.</summary>
public abstract partial class RaftStorageConformance
{
    /// <summary>A storage that never held anything.</summary>
    protected abstract IRaftStorage Create();

    /// <summary>The storage after <paramref name="closed"/> was closed.</summary>
    protected abstract IRaftStorage Reopen(IRaftStorage closed);

    [Test]
    public async Task A_new_storage_is_empty()
    {
        await using IRaftStorage storage = Create();
        Assert.That(storage.Recovered.IsEmpty, Is.True);
        Assert.That(() => storage.Read(1, 1, 100, []), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task Entries_and_hard_state_are_there_after_reopening()
    {
        var hardState = new HardState(3, new NodeId(2), 1);
        Entry[] entries = [Entry(1, 1), Entry(2, 2, EntryType.NoOp, 0, 0), Entry(2, 3, EntryType.Configuration, 100, 0)];
        IRaftStorage storage = await Write(session => session.Enqueue(hardState, entries));
        await using var reopened = new StorageSession(Reopen(storage));
        RecoveredState state = reopened.Storage.Recovered;
        Assert.Multiple(() =>
        {
            Assert.That(state.HardState, Is.EqualTo(hardState));
            Assert.That(state.LastIndex, Is.EqualTo(3));
            Assert.That(state.TermRuns, Is.EqualTo(new TermRun[] { new(1, 1), new(2, 2) }));
            Assert.That(Describe(reopened.ReadAll(1, 3)), Is.EqualTo(Describe(entries)));
        });
    }

    [Test]
    public async Task A_vote_without_entries_is_there_after_reopening()
    {
        var vote = new HardState(7, new NodeId(3), 0);
        IRaftStorage storage = await Write(session => session.Enqueue(vote));
        await using IRaftStorage reopened = Reopen(storage);
        Assert.That(reopened.Recovered.HardState, Is.EqualTo(vote));
        Assert.That(reopened.Recovered.LastIndex, Is.Zero);
        Assert.That(reopened.Recovered.IsEmpty, Is.False);
    }

    [Test]
    public async Task An_entry_at_or_below_the_last_index_removes_what_follows()
    {
        IRaftStorage storage = await Write(session =>
        {
            session.Enqueue(Entry(1, 1), Entry(1, 2), Entry(1, 3), Entry(1, 4));
            return session.Enqueue(Entry(2, 2, 9), Entry(2, 3, 9));
        });
        await using var reopened = new StorageSession(Reopen(storage));
        Assert.Multiple(() =>
        {
            Assert.That(reopened.Storage.Recovered.LastIndex, Is.EqualTo(3));
            Assert.That(reopened.Storage.Recovered.TermRuns, Is.EqualTo(new TermRun[] { new(1, 1), new(2, 2) }));
            Assert.That(Describe(reopened.ReadAll(1, 3)), Is.EqualTo(Describe([Entry(1, 1), Entry(2, 2, 9), Entry(2, 3, 9)])));
            Assert.That(() => reopened.Storage.Read(4, 4, 100, []), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public async Task An_overwritten_entry_of_the_same_term_is_read_as_written_last()
    {
        await using var session = new StorageSession(Create());
        session.Enqueue(Entry(1, 1), Entry(1, 2, 8, seed: 1));
        session.Append(Entry(1, 2, 8, seed: 2));
        Assert.That(Describe(session.ReadAll(1, 2)), Is.EqualTo(Describe([Entry(1, 1), Entry(1, 2, 8, seed: 2)])));
    }

    [Test]
    public async Task Entries_are_readable_as_soon_as_they_are_enqueued()
    {
        await using var session = new StorageSession(Create());
        for (ulong index = 1; index <= 200; index++)
        {
            session.Enqueue(Entry(1, index));
            Assert.That(Describe(session.ReadAll(index, index)), Is.EqualTo(Describe([Entry(1, index)])));
        }
    }

    [Test]
    public async Task A_write_may_come_in_several_slices()
    {
        await using var session = new StorageSession(Create());
        session.Storage.Enqueue(new StorageWrite(1, default, [new[] { Entry(1, 1) }, Array.Empty<Entry>(), new[] { Entry(1, 2), Entry(2, 3) }]));
        session.Listener.WaitFor(1);
        Assert.That(Describe(session.ReadAll(1, 3)), Is.EqualTo(Describe([Entry(1, 1), Entry(1, 2), Entry(2, 3)])));
    }

    [TestCase(1, 1)]
    [TestCase(2 * (Raft.Core.Log.Entry.Overhead + 10), 2)]
    [TestCase((3 * (Raft.Core.Log.Entry.Overhead + 10)) - 1, 2)]
    [TestCase(1000, 4)]
    public async Task Reading_stops_before_the_limit_and_reads_one_at_least(long maxBytes, int expected)
    {
        await using var session = new StorageSession(Create());
        session.Append(Entry(1, 1, 10), Entry(1, 2, 10), Entry(1, 3, 10), Entry(1, 4, 10));
        var durable = new List<Entry>();
        session.Storage.Read(1, 4, maxBytes, durable);
        Assert.That(durable, Has.Count.EqualTo(expected));
    }

    [TestCase(0ul, 1ul)]
    [TestCase(3ul, 3ul)]
    [TestCase(1ul, 3ul)]
    [TestCase(2ul, 1ul)]
    public async Task Reading_outside_of_the_log_is_refused(ulong from, ulong to)
    {
        await using var session = new StorageSession(Create());
        session.Append(Entry(1, 1), Entry(1, 2));
        Assert.That(() => session.Storage.Read(from, to, 100, []), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task A_write_that_leaves_a_gap_is_refused_and_changes_nothing()
    {
        await using var session = new StorageSession(Create());
        session.Append(Entry(2, 1));
        Assert.Multiple(() =>
        {
            Assert.That(() => session.Enqueue(Entry(2, 3)), Throws.ArgumentException);
            Assert.That(() => session.Enqueue(Entry(2, 0)), Throws.ArgumentException);
            Assert.That(() => session.Enqueue(Entry(2, 2), Entry(2, 4)), Throws.ArgumentException);
            Assert.That(() => session.Enqueue(Entry(1, 2)), Throws.ArgumentException, "the term falls");
            Assert.That(() => session.Storage.Enqueue(new StorageWrite(1, default, [])), Throws.ArgumentException, "the sequence number does not grow");
        });
        session.Append(Entry(2, 2));
        Assert.That(Describe(session.ReadAll(1, 2)), Is.EqualTo(Describe([Entry(2, 1), Entry(2, 2)])));
    }

    [Test]
    public async Task Closing_makes_durable_what_was_enqueued()
    {
        IRaftStorage storage = Create();
        var session = new StorageSession(storage);
        ulong last = 0;
        for (ulong index = 1; index <= 100; index++)
        {
            last = session.Enqueue(Entry(1, index, 50));
        }

        await session.DisposeAsync();
        Assert.That(session.Listener.Persisted, Is.EqualTo(last));
        Assert.That(session.Listener.BrokenRules, Is.Empty);
        await using IRaftStorage reopened = Reopen(storage);
        Assert.That(reopened.Recovered.LastIndex, Is.EqualTo(100));
    }

    [Test]
    public async Task Start_comes_before_the_first_write()
    {
        await using IRaftStorage storage = Create();
        Assert.That(() => storage.Enqueue(new StorageWrite(1, default, [])), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Reading_goes_on_beside_writing_and_replacing()
    {
        await using var session = new StorageSession(Create());
        session.Append([.. Enumerable.Range(1, 100).Select(index => Entry(1, (ulong)index))]);
        using var stop = new CancellationTokenSource();
        Task reader = Task.Run(() =>
        {
            var entries = new List<Entry>();
            while (!stop.IsCancellationRequested)
            {
                entries.Clear();
                session.Storage.Read(40, 60, 100_000, entries);
                foreach (Entry entry in entries)
                {
                    Assert.That(Describe([entry]), Is.EqualTo(Describe([Entry(entry.Term, entry.Index)])));
                }
            }
        });
        ulong last = 0;
        for (ulong term = 2; term < 200; term++)
        {
            last = session.Enqueue([.. Enumerable.Range(50, 51).Select(index => Entry(term, (ulong)index))]);
        }

        session.Listener.WaitFor(last);
        await stop.CancelAsync();
        await reader.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private async Task<IRaftStorage> Write(Func<StorageSession, ulong> write)
    {
        await using var session = new StorageSession(Create());
        session.Listener.WaitFor(write(session));
        return session.Storage;
    }
}
