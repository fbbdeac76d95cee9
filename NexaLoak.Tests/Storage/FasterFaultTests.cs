using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Disk;
using static Raft.Core.Storage.Conformance.SampleData;

namespace NexaLoak.Tests.Storage;

/// <summary>A failed operation of the disk stops the storage for good.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FasterFaultTests
{
    private static readonly FasterStorageOptions Options = new()
    {
        Directory = "/simulated", PageBytes = 4 << 10, MemoryBytes = 8 << 10, SegmentBytes = 8 << 10,
    };

    [TestCase((int)DiskOperation.Sync)]
    [TestCase((int)DiskOperation.Write)]
    public async Task A_failure_is_reported_once_names_the_file_and_ends_everything(int operation)
    {
        var disk = new SimulatedDisk();
        var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        session.Append(Entry(1, 1), Entry(1, 2));
        int failures = 0;
        disk.Fault = (asked, path) => (int)asked == operation && Interlocked.Increment(ref failures) == 1 ? new IOException($"{asked} of {path} failed") : null;

        ulong lost = session.Enqueue(Entry(1, 3));
        Exception error = session.Listener.WaitForFailure();
        session.Enqueue(Entry(1, 4));
        await session.DisposeAsync();

        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Is.EqualTo($"{(DiskOperation)operation} of /simulated/log.0 failed"));
            Assert.That(session.Listener.Failures, Has.Count.EqualTo(1));
            Assert.That(session.Listener.Persisted, Is.LessThan(lost));
            Assert.That(session.Listener.BrokenRules, Is.Empty);
        });
        await using FasterRaftStorage reopened = FasterRaftStorage.OpenOn(disk.AfterPowerCut(new Random(1)), Options, NullLogger.Instance);
        Assert.That(reopened.Recovered.LastIndex, Is.InRange(2, 3));
    }

    [Test]
    public async Task A_read_that_fails_while_opening_names_the_file_whoever_reads()
    {
        var disk = new SimulatedDisk();
        await using (var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance)))
        {
            session.Append(Entries(1, 1, 12, 900));
        }

        int reads = await CountReads(disk.Copy());
        Assert.That(reads, Is.GreaterThan(3));
        for (int failing = 1; failing <= reads; failing++)
        {
            SimulatedDisk copy = disk.Copy();
            int left = failing;
            copy.Fault = (asked, path) => asked == DiskOperation.Read && --left == 0 ? new IOException($"Reading {path} failed") : null;
            Assert.That(
                () => FasterRaftStorage.OpenOn(copy, Options, NullLogger.Instance),
                Throws.InstanceOf<IOException>().With.Message.StartsWith("Reading /simulated/"),
                $"read {failing} of {reads}");
        }

        static async Task<int> CountReads(SimulatedDisk disk)
        {
            int reads = 0;
            disk.Fault = (asked, _) =>
            {
                reads += asked == DiskOperation.Read ? 1 : 0;
                return null;
            };
            await FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance).DisposeAsync();
            return reads;
        }
    }

    /// <summary>The next opening finds it in the memory of the operating system, and counts it as durable. So it must be.</summary>
    [Test]
    public async Task What_a_process_that_ended_had_not_synced_is_synced_before_it_counts()
    {
        var disk = new SimulatedDisk();
        var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        session.Append(Entry(1, 1), Entry(1, 2));
        disk.Fault = (asked, path) => asked == DiskOperation.Sync ? new IOException($"{asked} of {path} failed") : null;
        session.Enqueue(Entry(1, 3));
        session.Listener.WaitForFailure();
        await session.DisposeAsync();
        disk.Fault = (_, _) => null;
        await using (FasterRaftStorage reopened = FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance))
        {
            Assert.That(reopened.Recovered.LastIndex, Is.EqualTo(3));
        }

        for (int seed = 0; seed < 20; seed++)
        {
            await using FasterRaftStorage afterCut = FasterRaftStorage.OpenOn(disk.AfterPowerCut(new Random(seed)), Options, NullLogger.Instance);
            Assert.That(afterCut.Recovered.LastIndex, Is.EqualTo(3), $"seed {seed}");
        }
    }

    /// <summary>One process dies before it has synced its marker, the next one in overwriting the one before, and then the power fails.</summary>
    [Test]
    public async Task A_marker_that_was_not_synced_is_synced_before_the_one_before_it_is_overwritten()
    {
        var disk = new SimulatedDisk { TornWrites = new TornInItsSequence() };
        foreach (DiskOperation last in new[] { DiskOperation.Sync, DiskOperation.Write })
        {
            disk.Fault = (asked, path) => asked == last && path.EndsWith("/marker", StringComparison.Ordinal) ? new IOException("death") : null;
            Assert.That(() => FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance), Throws.TypeOf<IOException>());
        }

        for (int seed = 0; seed < 20; seed++)
        {
            await using FasterRaftStorage afterCut = FasterRaftStorage.OpenOn(disk.AfterPowerCut(new Random(seed)), Options, NullLogger.Instance);
            Assert.That(afterCut.Recovered.IsEmpty, Is.True, $"seed {seed}");
        }
    }

    [TestCase((int)DiskOperation.Sync, TestName = "A_failed_sync_of_a_snapshot_stops_the_storage_too")]
    [TestCase((int)DiskOperation.SyncDirectory, TestName = "A_failed_sync_of_the_folder_stops_the_storage_too")]
    public async Task A_failed_sync_of_what_only_the_snapshot_needs_stops_the_storage_too(int operation)
    {
        var disk = new SimulatedDisk();
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        session.Append(Entry(1, 1), Entry(1, 2));
        disk.Fault = (asked, path) => (int)asked == operation ? new SyncFailedException($"{asked} of {path} failed", 5) : null;
        Assert.That(() => session.Seal(new LogId(1, 2)), Throws.TypeOf<SyncFailedException>());
        disk.Fault = (_, _) => null;
        await CheckStopped(session, disk, $"{(DiskOperation)operation} of /simulated/");
    }

    [Test]
    public async Task A_failed_sync_of_the_folder_after_a_deletion_stops_the_storage_too()
    {
        var disk = new SimulatedDisk();
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        session.Append(Entry(1, 1), Entry(1, 2));
        session.Compact(new LogId(1, 1));
        disk.Fault = (asked, path) => asked == DiskOperation.Delete ? new SyncFailedException($"{asked} of {path} failed", 5) : null;
        session.EnqueueSnapshot(session.Seal(new LogId(1, 2)), null);
        session.Listener.WaitForFailure();
        await CheckStopped(session, disk, "Delete of /simulated/snapshot.");
    }

    [Test]
    public async Task A_failed_sync_of_the_next_file_of_the_log_stops_the_storage_before_that_is_needed()
    {
        var disk = new SimulatedDisk();
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        int failures = 0;
        disk.Fault = (asked, path) => asked == DiskOperation.Create && Interlocked.Increment(ref failures) == 1
            ? new SyncFailedException($"Sync of {path} failed", 5)
            : null;
        ulong index = 0;
        while (session.Listener.Failures.Count == 0)
        {
            session.Listener.WaitForOutcome(session.Enqueue(Entry(1, ++index)));
        }

        Assert.That(session.Listener.Failures[0].Message, Is.EqualTo("Sync of /simulated/log.1 failed"));
        Assert.That(failures, Is.EqualTo(1), "it was not tried again");
    }

    [Test]
    public async Task A_full_disk_is_not_filled_again_with_every_write()
    {
        var disk = new SimulatedDisk();
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        int tries = 0;
        disk.Fault = (asked, path) =>
        {
            bool creates = asked == DiskOperation.Create && path.Contains("log.", StringComparison.Ordinal);
            tries += creates ? 1 : 0;
            return creates ? new IOException($"No space left on device : '{path}'") : null;
        };

        // The next file is prepared, beside the writes, once the first page is full.
        session.Append(Entries(1, 1, 5, 900));
        await Eventually.Holds(() => Volatile.Read(ref tries) > 0, "the next file is prepared");
        for (ulong index = 6; index <= 15; index++)
        {
            session.Append(Entry(1, index));
        }

        Assert.That(tries, Is.EqualTo(1));
        disk.Fault = (_, _) => null;
        session.Append(Entries(1, 16, 20, 1000));
    }

    [Test]
    public async Task A_file_that_can_t_be_deleted_does_no_harm()
    {
        var disk = new SimulatedDisk();
        await using (var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance)))
        {
            session.Append(Entry(1, 1), Entry(1, 2));
            session.Compact(new LogId(1, 1));
            disk.Fault = (asked, path) => asked == DiskOperation.Delete ? new IOException($"{asked} of {path} failed") : null;
            session.Compact(new LogId(1, 2));
            session.Append(Entry(1, 3));
        }

        Assert.That(disk.List().Count(name => name.StartsWith("snapshot.", StringComparison.Ordinal)), Is.EqualTo(2));
        disk.Fault = (_, _) => null;
        await FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance).DisposeAsync();
        Assert.That(disk.List().Count(name => name.StartsWith("snapshot.", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task A_full_disk_stops_the_storage_and_loses_nothing()
    {
        var disk = new SimulatedDisk();
        var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        disk.Fault = (asked, path) => asked == DiskOperation.Create ? new IOException($"No space left on device : '{path}'") : null;
        ulong index = 0;
        ulong durable = 0;
        while (session.Listener.Failures.Count == 0)
        {
            index++;
            session.Listener.WaitForOutcome(session.Enqueue(Entry(1, index, 1000)));
            durable = session.Listener.Failures.Count == 0 ? index : durable;
        }

        Assert.That(session.Listener.Failures[0].Message, Does.Contain("No space left").And.Contain("/simulated/log.1"));
        await session.DisposeAsync();
        await using FasterRaftStorage reopened = FasterRaftStorage.OpenOn(disk.Copy(), Options, NullLogger.Instance);
        Assert.That(reopened.Recovered.LastIndex, Is.GreaterThanOrEqualTo(durable));
        Assert.That(durable, Is.GreaterThan(0));
    }

    [Test]
    public async Task Damage_that_appears_while_the_storage_is_open_is_found_by_reading()
    {
        var disk = new SimulatedDisk();
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        session.Append(Entry(1, 1, 100), Entry(1, 2, 100));
        disk.Files["log.0"].Content[200] ^= 1;
        Assert.That(
            () => session.Storage.Read(1, 2, 1000, []),
            Throws.TypeOf<StorageCorruptedException>().With.Message.Contains("/simulated/log.0 at offset 64 does not hold entry 1/1"));
    }

    /// <summary>The failure was told once, nothing is reported after it, and what was durable before is there.</summary>
    private static async Task CheckStopped(StorageSession session, SimulatedDisk disk, string why)
    {
        Exception error = session.Listener.WaitForFailure();
        ulong persisted = session.Listener.Persisted;
        session.Enqueue(Entry(1, 3));
        await session.DisposeAsync();
        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Does.StartWith(why));
            Assert.That(session.Listener.Failures, Has.Count.EqualTo(1));
            Assert.That(session.Listener.Persisted, Is.EqualTo(persisted));
            Assert.That(session.Listener.BrokenRules, Is.Empty);
        });
        disk.Fault = (_, _) => null;
        await using FasterRaftStorage reopened = FasterRaftStorage.OpenOn(disk.AfterPowerCut(new Random(1)), Options, NullLogger.Instance);
        Assert.That(reopened.Recovered.LastIndex, Is.EqualTo(2));
    }

    /// <summary>Leaves so much of a marker that its checksum is the new one, and what it covers is not.</summary>
    private sealed class TornInItsSequence : Random
    {
        public override int Next(int maxValue) => 20;
    }
}
