using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Storage;
using static NexaLoak.Tests.Storage.StorageSession;

namespace NexaLoak.Tests.Storage;

/// <summary>Snapshots, and the log's base that follows them.</summary>
public abstract partial class RaftStorageConformance
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task A_base_in_the_log_gives_up_what_is_before_it_and_keeps_the_rest(bool durable)
    {
        IRaftStorage storage = Create();
        var id = new LogId(2, 3);
        await using (var session = new StorageSession(storage))
        {
            ulong last = session.Enqueue(Entry(1, 1), Entry(2, 2), Entry(2, 3), Entry(2, 4), Entry(3, 5));
            if (durable)
            {
                session.Listener.WaitFor(last);
            }

            session.EnqueueSnapshot(session.Seal(id), id);
            Check(session);
            session.Append(Entry(3, 6));
            Check(session);
        }

        await using var reopened = new StorageSession(Reopen(storage));
        Check(reopened);
        RecoveredState state = reopened.Storage.Recovered;
        Assert.Multiple(() =>
        {
            Assert.That((state.Base, state.LastIndex, state.Snapshot?.Id), Is.EqualTo((id, 6ul, (LogId?)id)));
            Assert.That(state.TermRuns, Is.EqualTo(new TermRun[] { new(4, 2), new(5, 3) }));
        });

        static void Check(StorageSession session)
        {
            Assert.That(Describe(session.ReadAll(4, 5)), Is.EqualTo(Describe([Entry(2, 4), Entry(3, 5)])));
            Assert.That(() => session.Storage.Read(3, 5, 100, []), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => session.Storage.Read(1, 1, 100, []), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [TestCase(5ul, 9ul, TestName = "A_base_behind_the_end_gives_up_the_log")]
    [TestCase(2ul, 3ul, TestName = "A_base_of_another_term_gives_up_the_log")]
    [TestCase(1ul, 5ul, TestName = "A_base_directly_behind_the_end_gives_up_the_log")]
    public async Task A_base_that_the_log_does_not_hold_gives_it_up(ulong term, ulong index)
    {
        var id = new LogId(term, index);
        IRaftStorage storage = await Write(session =>
        {
            session.Append(Entry(1, 1), Entry(1, 2), Entry(1, 3), Entry(1, 4));
            ulong last = session.EnqueueSnapshot(session.Seal(id), id, Entry(term, index + 1), Entry(7, index + 2));
            Assert.That(Describe(session.ReadAll(index + 1, index + 2)), Is.EqualTo(Describe([Entry(term, index + 1), Entry(7, index + 2)])));
            Assert.That(() => session.Storage.Read(index, index, 100, []), Throws.InstanceOf<ArgumentOutOfRangeException>());
            return last;
        });
        await using var reopened = new StorageSession(Reopen(storage));
        RecoveredState state = reopened.Storage.Recovered;
        Assert.Multiple(() =>
        {
            Assert.That((state.Base, state.LastIndex, state.Snapshot?.Id), Is.EqualTo((id, index + 2, (LogId?)id)));
            Assert.That(state.TermRuns, Is.EqualTo(new TermRun[] { new(index + 1, term), new(index + 2, 7) }));
            Assert.That(Describe(reopened.ReadAll(index + 1, index + 2)), Is.EqualTo(Describe([Entry(term, index + 1), Entry(7, index + 2)])));
        });
    }

    [Test]
    public async Task A_base_at_the_end_leaves_an_empty_log_that_goes_on()
    {
        IRaftStorage storage = await Write(session =>
        {
            session.Append(Entry(1, 1), Entry(2, 2));
            session.Compact(new LogId(2, 2));
            return session.EnqueueSnapshot(null, new LogId(2, 2));
        });
        IRaftStorage reopened = Reopen(storage);
        await using (var session = new StorageSession(reopened))
        {
            RecoveredState state = session.Storage.Recovered;
            Assert.That((state.Base, state.LastIndex, state.TermRuns.Count, state.IsEmpty), Is.EqualTo((new LogId(2, 2), 2ul, 0, false)));
            Assert.That(() => session.Enqueue(Entry(1, 3)), Throws.ArgumentException, "the term falls below that of the base");
            session.Append(Entry(2, 3));
        }

        await using var again = new StorageSession(Reopen(reopened));
        Assert.That(Describe(again.ReadAll(3, 3)), Is.EqualTo(Describe([Entry(2, 3)])));
    }

    [Test]
    public async Task What_contradicts_the_base_or_the_snapshots_is_refused_and_changes_nothing()
    {
        await using var session = new StorageSession(Create());
        session.Append(Entry(1, 1), Entry(1, 2), Entry(2, 3), Entry(2, 4));
        SnapshotMetadata older = session.Seal(new LogId(1, 1));
        session.Compact(new LogId(1, 2));
        SnapshotMetadata unknown = Metadata(new LogId(2, 4), 100, 1);
        Assert.Multiple(() =>
        {
            Assert.That(() => session.EnqueueSnapshot(null, new LogId(2, 3)), Throws.ArgumentException, "no snapshot covers the base");
            Assert.That(() => session.EnqueueSnapshot(null, new LogId(1, 1)), Throws.ArgumentException, "the base goes back");
            Assert.That(() => session.EnqueueSnapshot(null, new LogId(2, 2)), Throws.ArgumentException, "the base changes its term");
            Assert.That(() => session.EnqueueSnapshot(unknown, null), Throws.ArgumentException, "the snapshot was not sealed");
            Assert.That(() => session.EnqueueSnapshot(older, null), Throws.ArgumentException, "the snapshot is older");
            Assert.That(() => session.Enqueue(Entry(2, 2)), Throws.ArgumentException, "the entry is at the base");
        });
        SnapshotMetadata far = session.Seal(new LogId(5, 10));
        Assert.That(() => session.EnqueueSnapshot(far, far.Id, Entry(5, 12)), Throws.ArgumentException, "an entry is missing behind the new base");
        session.Append(Entry(2, 5));
        Assert.That(Describe(session.ReadAll(3, 5)), Is.EqualTo(Describe([Entry(2, 3), Entry(2, 4), Entry(2, 5)])));
    }

    [Test]
    public async Task A_snapshot_is_named_together_with_the_base_and_read_after_reopening()
    {
        SnapshotMetadata sealedAs = null!;
        IRaftStorage storage = await Write(session =>
        {
            session.Append(Entry(1, 1), Entry(1, 2), Entry(1, 3));
            sealedAs = session.Seal(new LogId(1, 2), 100_000);
            return session.EnqueueSnapshot(sealedAs, new LogId(1, 1));
        });
        await using var reopened = new StorageSession(Reopen(storage));
        RecoveredState state = reopened.Storage.Recovered;
        Assert.Multiple(() =>
        {
            Assert.That((state.Snapshot, state.Base, state.LastIndex), Is.EqualTo((sealedAs, new LogId(1, 1), 3ul)));
            Assert.That(reopened.ReadSnapshot(sealedAs), Is.EqualTo(Content(sealedAs.Id, 100_000)));
        });
    }

    [Test]
    public async Task A_snapshot_that_no_write_named_is_forgotten_when_the_storage_is_reopened()
    {
        SnapshotMetadata unnamed = null!;
        SnapshotMetadata named = null!;
        IRaftStorage storage = await Write(session =>
        {
            session.Append(Entry(1, 1), Entry(1, 2));
            named = session.Compact(new LogId(1, 1));
            unnamed = session.Seal(new LogId(1, 2));
            Assert.That(session.ReadSnapshot(unnamed), Has.Length.EqualTo(100), "readable once it is sealed");
            return session.Enqueue(Entry(1, 3));
        });
        await using var reopened = new StorageSession(Reopen(storage));
        Assert.That(reopened.Storage.Recovered.Snapshot, Is.EqualTo(named));
        Assert.That(() => reopened.Storage.OpenSnapshot(unnamed), Throws.TypeOf<FileNotFoundException>());
        Assert.That(() => reopened.EnqueueSnapshot(unnamed, null), Throws.ArgumentException);
    }

    [Test]
    public async Task A_writer_abandoned_in_any_way_leaves_nothing()
    {
        await using var session = new StorageSession(Create());
        var descriptions = new List<SnapshotMetadata>();
        using (ISnapshotWriter disposed = session.Storage.CreateSnapshot())
        {
            disposed.Content.Write(new byte[200_000]);
        }

        using ISnapshotWriter thrown = session.Storage.CreateSnapshot();
        Assert.That(() => thrown.Seal((size, checksum) => throw new InvalidDataException("not mine")), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => thrown.Seal((size, checksum) => Metadata(new LogId(1, 1), size, checksum)), Throws.InvalidOperationException);
        using ISnapshotWriter wrong = session.Storage.CreateSnapshot();
        Assert.That(() => wrong.Seal((size, checksum) => Describe(size + 1, checksum)), Throws.ArgumentException);
        using ISnapshotWriter wrongSum = session.Storage.CreateSnapshot();
        Assert.That(() => wrongSum.Seal((size, checksum) => Describe(size, checksum + 1)), Throws.ArgumentException);
        foreach (SnapshotMetadata description in descriptions)
        {
            Assert.That(() => session.Storage.OpenSnapshot(description), Throws.TypeOf<FileNotFoundException>());
        }

        SnapshotMetadata Describe(long size, uint checksum)
        {
            descriptions.Add(Metadata(new LogId(1, 1), size, checksum));
            return descriptions[^1];
        }
    }

    [Test]
    public async Task An_old_snapshot_is_read_to_its_end_while_a_newer_one_takes_its_place()
    {
        await using var session = new StorageSession(Create());
        session.Append(Entry(1, 1), Entry(1, 2), Entry(1, 3));
        SnapshotMetadata old = session.Compact(new LogId(1, 1), 300_000);
        SnapshotMetadata later = session.Seal(new LogId(1, 3), 10);
        await using Stream reading = session.Storage.OpenSnapshot(old);
        byte[] start = new byte[1000];
        reading.ReadExactly(start);
        SnapshotMetadata newer = session.Compact(new LogId(1, 2), 50);
        Assert.Multiple(() =>
        {
            Assert.That(() => session.Storage.OpenSnapshot(old), Throws.TypeOf<FileNotFoundException>());
            Assert.That(start.Concat(ReadAll(reading)), Is.EqualTo(Content(old.Id, 300_000)));
            Assert.That(session.ReadSnapshot(newer), Is.EqualTo(Content(newer.Id, 50)));
            Assert.That(session.ReadSnapshot(later), Is.EqualTo(Content(later.Id, 10)), "a write may be about to name it");
        });
        session.Listener.WaitFor(session.EnqueueSnapshot(later, null));
        Assert.That(() => session.Storage.OpenSnapshot(newer), Throws.TypeOf<FileNotFoundException>());
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(65_536)]
    [TestCase(200_001)]
    public async Task A_snapshot_of_any_size_is_read_whole_and_in_pieces(int size)
    {
        await using var session = new StorageSession(Create());
        SnapshotMetadata snapshot = session.Seal(new LogId(3, 8), size);
        byte[] expected = Content(snapshot.Id, size);
        Assert.That((snapshot.Size, snapshot.Checksum), Is.EqualTo(((long)size, Crc32C.Append(0, expected))));
        Assert.That(session.ReadSnapshot(snapshot), Is.EqualTo(expected));
        await using Stream stream = session.Storage.OpenSnapshot(snapshot);
        Assert.That((stream.CanSeek, stream.Length), Is.EqualTo((true, (long)size)));
        foreach (int at in new[] { size / 2, 0, size - (size / 3), size / 5, size })
        {
            stream.Seek(at, SeekOrigin.Begin);
            byte[] piece = new byte[Math.Min(1000, size - at)];
            stream.ReadExactly(piece);
            Assert.That(piece, Is.EqualTo(expected[at..(at + piece.Length)]), $"at {at}");
        }
    }

    [Test]
    public async Task A_snapshot_is_written_in_order_and_sealed_once()
    {
        await using var session = new StorageSession(Create());
        using ISnapshotWriter writer = session.Storage.CreateSnapshot();
        writer.Content.Write("1234"u8);
        writer.Content.Flush();
        writer.Content.Write("56789"u8);
        Assert.That((writer.Content.CanSeek, writer.Content.CanRead), Is.EqualTo((false, false)));
        Assert.That(() => writer.Content.Seek(0, SeekOrigin.Begin), Throws.TypeOf<NotSupportedException>());
        SnapshotMetadata snapshot = writer.Seal((size, checksum) => Metadata(new LogId(1, 1), size, checksum));
        Assert.That((snapshot.Size, snapshot.Checksum), Is.EqualTo((9L, 0xE3069283u)), "the check value of CRC-32C");
        Assert.That(() => writer.Seal((size, checksum) => snapshot), Throws.InvalidOperationException);
        Assert.That(() => writer.Content.WriteByte(1), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(session.ReadSnapshot(snapshot), Is.EqualTo("123456789"u8.ToArray()));
    }

    [Test]
    public async Task Configurations_behind_the_base_are_recovered_as_the_log_has_them_at_last()
    {
        Entry kept = Entry(1, 4, EntryType.Configuration, 30, 1);
        Entry last = Entry(3, 6, EntryType.Configuration, 40, 2);
        Entry withheld = Entry(2, 5, EntryType.Withheld, 0, 0);
        IRaftStorage storage = await Write(session =>
        {
            session.Append(Entry(1, 1, EntryType.Configuration, 20, 0), Entry(1, 2), Entry(1, 3, EntryType.Configuration, 20, 0), kept);
            session.Append(Entry(1, 5, EntryType.Configuration, 20, 0), Entry(1, 6));
            session.Append(withheld, last);
            return session.EnqueueSnapshot(session.Seal(new LogId(1, 4)), new LogId(1, 3));
        });
        for (int opening = 0; opening < 2; opening++)
        {
            storage = Reopen(storage);
            await using var reopened = new StorageSession(storage);
            Assert.That(Describe(storage.Recovered.Configurations), Is.EqualTo(Describe([kept, last])), $"opening {opening}");
            Assert.That(Describe(reopened.ReadAll(5, 5)), Is.EqualTo(Describe([withheld])));
        }
    }

    [Test]
    public async Task Configurations_of_a_log_given_up_are_gone()
    {
        Entry behind = Entry(4, 10, EntryType.Configuration, 10, 0);
        IRaftStorage storage = await Write(session =>
        {
            session.Append(Entry(1, 1), Entry(1, 2, EntryType.Configuration, 20, 0));
            return session.EnqueueSnapshot(session.Seal(new LogId(4, 9)), new LogId(4, 9), behind);
        });
        await using IRaftStorage reopened = Reopen(storage);
        Assert.That(Describe(reopened.Recovered.Configurations), Is.EqualTo(Describe([behind])));
    }

    [Test]
    public async Task The_base_follows_a_log_of_many_entries_over_many_openings()
    {
        IRaftStorage storage = Create();
        ulong last = 0;
        for (int opening = 0; opening < 4; opening++)
        {
            await using var session = new StorageSession(storage);
            for (int round = 0; round < 10; round++)
            {
                session.Append([.. Enumerable.Range(1, 20).Select(i => Entry(1, last + (ulong)i, 700))]);
                last += 20;
                session.Compact(new LogId(1, last - 10));
            }

            Assert.That(session.ReadAll(last - 9, last), Has.Count.EqualTo(10));
            await session.DisposeAsync();
            storage = Reopen(storage);
            Assert.That((storage.Recovered.Base, storage.Recovered.LastIndex), Is.EqualTo((new LogId(1, last - 10), last)));
        }

        await storage.DisposeAsync();
    }

    [Test]
    public async Task Entries_that_are_given_up_while_they_are_read_are_refused_and_never_taken_for_damage()
    {
        await using var session = new StorageSession(Create());
        ulong last = 0;
        using var stop = new CancellationTokenSource();
        Task reader = Task.Run(() =>
        {
            for (ulong from = 1; !stop.IsCancellationRequested;)
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
        });
        for (int round = 0; round < 100; round++)
        {
            session.Append([.. Enumerable.Range(1, 20).Select(i => Entry(1, last + (ulong)i, 500))]);
            Interlocked.Add(ref last, 20);
            session.Compact(new LogId(1, last));
        }

        await stop.CancelAsync();
        await reader.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
