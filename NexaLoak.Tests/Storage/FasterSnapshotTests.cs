using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;
using static Raft.Core.Storage.Conformance.SampleData;

namespace NexaLoak.Tests.Storage;

/// <summary>Crashes and failures in the course of a snapshot, of its installation and of a compaction.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FasterSnapshotTests
{
    private static readonly FasterStorageOptions Options = new()
    {
        Directory = "/simulated", PageBytes = 4 << 10, MemoryBytes = 8 << 10, SegmentBytes = 8 << 10,
    };

    [Test]
    public async Task F2_a_crash_at_each_step_of_saving_a_snapshot_keeps_the_old_one()
    {
        int steps = 0;
        for (bool crashed = true; crashed; steps++)
        {
            crashed = false;
            for (int draw = 0; draw < 8; draw++)
            {
                SimulatedDisk disk = await Prepared();
                await using var session = new StorageSession(Open(disk));
                Func<bool> crash = CrashAfter(disk, steps);
                bool saved = TrySeal(session, new LogId(1, 4), 150_000);
                Assert.That(saved, Is.Not.EqualTo(crash()), $"step {steps}");
                crashed |= crash();
                SimulatedDisk after = disk.AfterPowerCut(new Random((steps * 100) + draw));
                await CheckOld(after, $"step {steps}");
            }
        }

        Assert.That(steps, Is.EqualTo(9), "create, three buffers, trailer, sync, rename, sync of the directory, and one without a crash");
    }

    [TestCase(true, TestName = "E12_snapshot_base_and_hard_state_are_there_together_or_not_at_all")]
    [TestCase(false, TestName = "E19_a_log_given_up_and_the_snapshot_in_its_place_are_there_together_or_not_at_all")]
    public async Task A_crash_while_a_snapshot_is_installed_leaves_all_of_it_or_nothing(bool inLog)
    {
        LogId id = inLog ? new LogId(1, 4) : new LogId(3, 20);
        (int before, int after) = (0, 0);
        int steps = 0;
        for (bool crashed = true; crashed; steps++)
        {
            crashed = false;
            for (int draw = 0; draw < 8; draw++)
            {
                SimulatedDisk disk = await Prepared();
                var session = new StorageSession(Open(disk)) { HardState = new HardState(5, new NodeId(2), id.Index) };
                SnapshotMetadata received = session.Seal(id, 3000);
                Func<bool> crash = CrashAfter(disk, steps);
                session.Listener.WaitForOutcome(session.EnqueueSnapshot(received, id, inLog ? [] : [Entry(3, 21)]));
                bool durable = session.Listener.Failures.Count == 0;
                crashed |= crash();
                SimulatedDisk left = disk.AfterPowerCut(new Random((steps * 100) + draw));
                disk.Fault = (_, _) => null;
                await session.DisposeAsync();

                await using FasterRaftStorage reopened = Open(left);
                RecoveredState found = reopened.Recovered;
                bool installed = found.Snapshot?.Id == id;
                Assert.That(installed || !durable, Is.True, $"step {steps}: it was reported durable");
                (LogId Base, ulong Commit, ulong Last) expected = installed ? (id, id.Index, inLog ? 6ul : 21ul) : (new LogId(1, 2), 1ul, 6ul);
                Assert.That((found.Base, found.HardState.Commit, found.LastIndex), Is.EqualTo(expected), $"step {steps}");
                (before, after) = installed ? (before, after + 1) : (before + 1, after);
            }
        }

        Assert.That(before, Is.GreaterThan(0));
        Assert.That(after, Is.GreaterThanOrEqualTo(8));
    }

    [TestCase((int)DiskOperation.Create)]
    [TestCase((int)DiskOperation.Write)]
    [TestCase((int)DiskOperation.Rename)]
    public async Task F17_a_failure_in_saving_a_snapshot_is_told_and_changes_nothing(int operation)
    {
        SimulatedDisk disk = await Prepared();
        await using (var session = new StorageSession(Open(disk)))
        {
            disk.Fault = (asked, path) => (int)asked == operation && !path.Contains("log.", StringComparison.Ordinal) ? new IOException("broken") : null;
            Assert.That(() => session.Seal(new LogId(1, 4), 1000), Throws.InstanceOf<IOException>().With.Message.EqualTo("broken"));
            disk.Fault = (_, _) => null;
            Assert.That(disk.List().Count(name => name.StartsWith("snapshot.", StringComparison.Ordinal)), Is.EqualTo(1), "nothing is left of it");
            session.Append(Entry(2, 7));
            Assert.That(session.ReadSnapshot(session.Storage.Recovered.Snapshot!), Is.EqualTo(Content(new LogId(1, 2), 500)));
            SnapshotMetadata again = session.Seal(new LogId(1, 4), 1000);
            Assert.That(session.ReadSnapshot(again), Is.EqualTo(Content(new LogId(1, 4), 1000)));
        }

        await CheckOld(disk, "", last: 7);
    }

    [Test]
    public async Task F19_a_failed_write_is_not_forgotten_by_what_comes_after_it()
    {
        SimulatedDisk disk = await Prepared();
        await using (var session = new StorageSession(Open(disk)))
        {
            int writes = 0;
            disk.Fault = (asked, path) => asked == DiskOperation.Write && ++writes == 2 ? new IOException($"No space left on device : '{path}'") : null;
            using ISnapshotWriter writer = session.Storage.CreateSnapshot();
            Assert.That(
                () => writer.Content.Write(new byte[300_000]),
                Throws.InstanceOf<IOException>().With.Message.Contains("No space left").And.Message.Contains(".tmp"));
            Assert.That(
                () => writer.Seal((size, checksum) => Metadata(new LogId(1, 4), size, checksum)),
                Throws.InstanceOf<IOException>().With.Message.Contains("No space left"));
        }

        await CheckOld(disk, "");
    }

    [Test]
    public async Task A_disk_that_a_snapshot_filled_does_not_harm_the_log()
    {
        SimulatedDisk disk = await Prepared();
        await using var session = new StorageSession(Open(disk));
        bool full = false;
        disk.Fault = (asked, path) =>
        {
            full |= asked == DiskOperation.Write && path.EndsWith(".tmp", StringComparison.Ordinal);
            bool grows = asked == DiskOperation.Create || path.EndsWith(".tmp", StringComparison.Ordinal);
            return full && grows && asked != DiskOperation.Delete ? new IOException($"No space left on device : '{path}'") : null;
        };
        Assert.That(() => session.Seal(new LogId(1, 4), 150_000), Throws.InstanceOf<IOException>());

        // The log begins to prepare a file that finds no room, until the snapshot's remains are gone.
        session.Append(Entry(2, 7, 3500));
        disk.Fault = (_, _) => null;
        for (ulong index = 8; index < 20; index++)
        {
            session.Append(Entry(2, index, 3500));
        }

        Assert.That(session.ReadAll(3, 19), Has.Count.EqualTo(17));
    }

    [Test]
    public async Task E20_a_crash_at_every_step_of_a_compaction_leaves_a_log_that_recovers()
    {
        int steps = 0;
        for (bool crashed = true; crashed; steps++)
        {
            crashed = false;
            for (int draw = 0; draw < 6; draw++)
            {
                SimulatedDisk disk = await Filled(40);
                var session = new StorageSession(Open(disk));
                Func<bool> crash = CrashAfter(disk, steps);
                ulong durable = Compacted(session);
                crashed |= crash();
                await CheckFilled(disk.AfterPowerCut(new Random((steps * 100) + draw)), durable, $"step {steps}");
                disk.Fault = (_, _) => null;
                await session.DisposeAsync();
            }
        }

        Assert.That(steps, Is.GreaterThan(20));

        static ulong Compacted(StorageSession session)
        {
            var id = new LogId(1, 30);
            if (TrySeal(session, id, 100))
            {
                session.Listener.WaitForOutcome(session.EnqueueSnapshot(Metadata(id, 100, Crc32C.Append(0, Content(id, 100))), id));
            }

            ulong durable = 40;
            for (ulong index = 41; index < 50; index++)
            {
                session.Listener.WaitForOutcome(session.Enqueue(Entry(2, index, 3900)));
                durable = session.Listener.Failures.Count == 0 ? index : durable;
            }

            return durable;
        }
    }

    [Test]
    public async Task Configurations_of_a_log_given_up_just_before_a_crash_do_not_come_back()
    {
        SimulatedDisk disk = await Prepared();
        await using var session = new StorageSession(Open(disk));
        session.Append(Entry(2, 7, EntryType.Configuration, 20, 0));
        session.Compact(new LogId(9, 3));
        await using FasterRaftStorage reopened = Open(disk.Copy());
        Assert.That((reopened.Recovered.Base, reopened.Recovered.LastIndex), Is.EqualTo((new LogId(9, 3), 3ul)));
        Assert.That(reopened.Recovered.Configurations, Is.Empty);
    }

    [TestCase(8 << 10, TestName = "Disk_use_after_a_compaction_is_what_is_live_and_two_files_of_two_pages")]
    [TestCase(32 << 10, TestName = "Disk_use_after_a_compaction_is_what_is_live_and_two_files_of_eight_pages")]
    public async Task Disk_use_after_a_compaction_is_what_is_live_and_two_files(int segmentBytes)
    {
        FasterStorageOptions options = Options with { SegmentBytes = segmentBytes };
        for (int entries = 60; entries < 60 + (segmentBytes / 1000); entries++)
        {
            for (ulong keep = 0; keep < 50; keep += 3)
            {
                SimulatedDisk disk = await Filled(entries, options);
                await using (var session = new StorageSession(Open(disk, options)))
                {
                    session.Compact(new LogId(1, (ulong)entries - keep));
                }

                CheckUse(disk, keep, $"{entries} entries, {keep} kept");
                await Open(disk, options).DisposeAsync();
                CheckUse(disk, keep, $"{entries} entries, {keep} kept, opened again");
            }
        }

        void CheckUse(SimulatedDisk disk, ulong keep, string where)
        {
            const int entriesOfPage = 3;
            long live = ((long)keep + entriesOfPage - 1) / entriesOfPage * options.PageBytes;
            long used = disk.Files.Where(file => file.Key.StartsWith("log.", StringComparison.Ordinal)).Sum(file => file.Value.Room);
            Assert.That(used, Is.LessThanOrEqualTo(live + (2 * segmentBytes)), where);
        }
    }

    [TestCase("missing")]
    [TestCase("damaged")]
    [TestCase("cut")]
    [TestCase("another")]
    public async Task A_log_without_the_snapshot_before_it_is_refused(string what)
    {
        SimulatedDisk disk = await Prepared();
        string name = disk.List().Single(name => name.StartsWith("snapshot.", StringComparison.Ordinal));
        SimulatedFile file = disk.Files[name];
        switch (what)
        {
            case "missing":
                disk.Delete(name);
                break;
            case "damaged":
                file.Content[7] ^= 1;
                break;
            case "cut":
                file.Cut(file.Content.Length - 1);
                break;
            default:
                SimulatedDisk other = await Prepared();
                disk.Publish(name, other.Files[name].Content);
                break;
        }

        string before = string.Join(' ', disk.List());
        Assert.That(
            () => Open(disk),
            Throws.TypeOf<StorageCorruptedException>().With.Message.Contains($"/simulated/{name}").And.Message.Contains("Replace this node by a new one"));
        Assert.That(string.Join(' ', disk.List()), Is.EqualTo(before), "nothing was changed");
    }

    [Test]
    public async Task Damage_to_a_snapshot_that_is_open_is_told_before_its_last_bytes()
    {
        SimulatedDisk disk = await Prepared();
        await using var session = new StorageSession(Open(disk));
        SnapshotMetadata snapshot = session.Seal(new LogId(1, 4), 200_000);
        string name = disk.List().Last(name => name.StartsWith("snapshot.", StringComparison.Ordinal));
        disk.Files[name].Content[150_000] ^= 1;
        await using Stream stream = session.Storage.OpenSnapshot(snapshot);
        var read = new MemoryStream();
        Assert.That(() => stream.CopyTo(read), Throws.TypeOf<StorageCorruptedException>().With.Message.Contains($"/simulated/{name}"));
        Assert.That(read.Length, Is.LessThan(200_000));
    }

    private static FasterRaftStorage Open(SimulatedDisk disk, FasterStorageOptions? options = null) =>
        FasterRaftStorage.OpenOn(disk, options ?? Options, NullLogger.Instance);

    /// <summary>A disk with a snapshot of entry 2, which is the base, and entries up to 6.</summary>
    private static async Task<SimulatedDisk> Prepared()
    {
        var disk = new SimulatedDisk();
        await using var session = new StorageSession(Open(disk)) { HardState = new HardState(4, new NodeId(1), 1) };
        session.Append([.. Enumerable.Range(1, 6).Select(i => Entry(1, (ulong)i, 50))]);
        session.Compact(new LogId(1, 2), 500);
        return disk;
    }

    private static async Task<SimulatedDisk> Filled(int entries, FasterStorageOptions? options = null)
    {
        var disk = new SimulatedDisk();
        await using var session = new StorageSession(Open(disk, options)) { HardState = new HardState(1, new NodeId(1), 1) };
        session.Append([.. Enumerable.Range(1, entries).Select(i => Entry(1, (ulong)i, 1000))]);
        return disk;
    }

    /// <summary>Lets every operation fail after some; the result says whether one has failed.</summary>
    private static Func<bool> CrashAfter(SimulatedDisk disk, int operations)
    {
        int left = operations;
        disk.TornWrites = new Random(operations);
        disk.Fault = (asked, _) => asked != DiskOperation.Read && Interlocked.Decrement(ref left) < 0 ? new IOException("power cut") : null;
        return () => Volatile.Read(ref left) < 0;
    }

    private static bool TrySeal(StorageSession session, LogId id, int size)
    {
        try
        {
            session.Seal(id, size);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task CheckOld(SimulatedDisk disk, string where, ulong last = 6)
    {
        await using var session = new StorageSession(Open(disk));
        RecoveredState found = session.Storage.Recovered;
        Assert.That((found.Snapshot?.Id, found.Base, found.LastIndex), Is.EqualTo(((LogId?)new LogId(1, 2), new LogId(1, 2), last)), where);
        Assert.That(session.ReadSnapshot(found.Snapshot!), Is.EqualTo(Content(new LogId(1, 2), 500)), where);
        Assert.That(disk.List().Count(name => name.StartsWith("snapshot.", StringComparison.Ordinal)), Is.EqualTo(1), where);
    }

    private static async Task CheckFilled(SimulatedDisk disk, ulong durable, string where)
    {
        await using var session = new StorageSession(Open(disk));
        RecoveredState found = session.Storage.Recovered;
        Assert.That(found.Base, Is.EqualTo(found.Snapshot?.Id ?? default), where);
        Assert.That(found.LastIndex, Is.GreaterThanOrEqualTo(durable), where);
        foreach (Entry entry in session.ReadAll(found.Base.Index + 1, found.LastIndex))
        {
            int size = entry.Term == 1 ? 1000 : 3900;
            Assert.That(Describe([entry]), Is.EqualTo(Describe([Entry(entry.Term, entry.Index, size)])), where);
        }
    }
}
