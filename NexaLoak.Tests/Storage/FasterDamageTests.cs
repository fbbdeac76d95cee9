using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Disk;
using static Raft.Core.Storage.Conformance.SampleData;

namespace NexaLoak.Tests.Storage;

/// <summary>Damage ends in what had been written or in a refusal; a write cut short ends in what was durable before it.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FasterDamageTests
{
    private static readonly FasterStorageOptions Options = new()
    {
        Directory = "/simulated", PageBytes = 4 << 10, MemoryBytes = 8 << 10, SegmentBytes = 8 << 10,
    };

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_flipped_bit_anywhere_is_harmless_or_refused(bool closed)
    {
        SimulatedDisk disk = await Written(closed);
        string expected = await Content(disk.Copy());
        string inspected = InspectedState.Of(disk);
        int refused = 0;
        foreach ((string name, SimulatedFile file) in disk.Files)
        {
            int used = file.Content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            for (int at = 0; at < Math.Min(used + 40, file.Content.Length); at++)
            {
                SimulatedDisk damaged = disk.Copy();
                damaged.Files[name].Content[at] ^= (byte)(1 << (at % 8));
                string verdict = InspectedState.Of(damaged);
                try
                {
                    Assert.That(await Content(damaged), Is.EqualTo(expected), $"bit {at % 8} of byte {at} of {name}");
                    Assert.That(verdict, Is.EqualTo(inspected), $"bit {at % 8} of byte {at} of {name}");
                }
                catch (StorageCorruptedException e)
                {
                    Assert.That(e.Message, Does.Contain("/simulated/").And.Not.Contain("\n"));
                    Assert.That(verdict, Is.EqualTo(e.Message));
                    refused++;
                }
            }
        }

        Assert.That(refused, Is.GreaterThan(1000));
    }

    [Test]
    public async Task A_snapshot_cut_at_any_byte_or_longer_than_written_is_refused()
    {
        SimulatedDisk disk = await Written(closed: true);
        string name = disk.List().Single(name => name.StartsWith("snapshot.", StringComparison.Ordinal));
        int length = disk.Files[name].Content.Length;
        for (int cut = 0; cut < length; cut++)
        {
            SimulatedDisk damaged = disk.Copy();
            damaged.Files[name].Cut(cut);
            Assert.That(
                () => FasterRaftStorage.OpenOn(damaged, Options, NullLogger.Instance),
                Throws.TypeOf<StorageCorruptedException>().With.Message.Contains($"/simulated/{name}"),
                $"cut at {cut}");
        }

        disk.Files[name].Write(length, [0]);
        Assert.That(() => FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance), Throws.TypeOf<StorageCorruptedException>());
    }

    [Test]
    public async Task A_last_commit_cut_at_any_byte_gives_the_state_before_it()
    {
        SimulatedDisk before = await Written(closed: false, lastCommit: false);
        SimulatedDisk after = await Written(closed: false);
        string expected = await Content(before.Copy());
        string inspected = InspectedState.Of(before);
        byte[] whole = after.Files["log.0"].Content;
        int from = EndOf(before.Files["log.0"].Content);
        int to = EndOf(whole);
        Assert.That(to - from, Is.GreaterThan(500));
        for (int cut = from; cut < to; cut++)
        {
            SimulatedDisk torn = before.Copy();
            whole.AsSpan(from, cut - from).CopyTo(torn.Files["log.0"].Content.AsSpan(from));
            Assert.That(InspectedState.Of(torn), Is.EqualTo(inspected));
            Assert.That(await Content(torn), Is.EqualTo(expected), $"cut at {cut}");
            Assert.That(EndOf(torn.Files["log.0"].Content), Is.EqualTo(from), "the remains are gone");
        }
    }

    [Test]
    public async Task Damage_in_front_of_a_later_commit_is_refused_though_that_one_has_sectors_of_zeros()
    {
        SimulatedDisk disk = await Written(closed: false, lastCommit: false);
        int end = EndOf(disk.Files["log.0"].Content);
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        session.Append(Entry(3, 5, 50));
        session.Append(new Entry(3, 6, EntryType.Command, new byte[1500]));
        SimulatedDisk damaged = disk.Copy();
        damaged.Files["log.0"].Content[end + 60] ^= 4;
        Assert.That(
            () => FasterRaftStorage.OpenOn(damaged, Options, NullLogger.Instance),
            Throws.TypeOf<StorageCorruptedException>().With.Message.Contains($"after index 4: a record at or behind /simulated/log.0 at offset {end}"));
    }

    [TestCase("log.0")]
    [TestCase(MarkerFile.Name)]
    public async Task A_missing_file_is_refused(string name)
    {
        SimulatedDisk disk = await Written(closed: false);
        disk.Delete(name);
        Assert.That(() => FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance), Throws.TypeOf<StorageCorruptedException>().With.Message.Contains(name));
    }

    [Test]
    public async Task A_log_replaced_by_that_of_another_node_is_refused()
    {
        SimulatedDisk mine = await Written(closed: true);
        SimulatedDisk other = await Written(closed: true);
        other.Files["log.0"].Content.CopyTo(mine.Files["log.0"].Content, 0);
        Assert.That(() => FasterRaftStorage.OpenOn(mine, Options, NullLogger.Instance), Throws.TypeOf<StorageCorruptedException>());
    }

    [Test]
    public async Task A_log_put_back_to_an_earlier_state_is_refused()
    {
        SimulatedDisk disk = await Written(closed: true);
        SimulatedDisk earlier = disk.Copy();
        await using (var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance)))
        {
            session.Append(Entry(9, 2));
        }

        earlier.Files["log.0"].Content.CopyTo(disk.Files["log.0"].Content, 0);
        Assert.That(
            () => FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance),
            Throws.TypeOf<StorageCorruptedException>().With.Message.Contains("/simulated/log.0 at offset"));
    }

    [Test]
    public async Task Remains_of_an_interrupted_commit_never_come_back()
    {
        SimulatedDisk before = await Written(closed: false, lastCommit: false);
        SimulatedDisk after = await Written(closed: false);
        int from = EndOf(before.Files["log.0"].Content);
        SimulatedDisk torn = before.Copy();
        after.Files["log.0"].Content.AsSpan((from / 512 * 512) + 512).CopyTo(torn.Files["log.0"].Content.AsSpan((from / 512 * 512) + 512));
        await using (var session = new StorageSession(FasterRaftStorage.OpenOn(torn, Options, NullLogger.Instance)))
        {
            session.Append(Entry(3, 5, 3));
        }

        await using FasterRaftStorage reopened = FasterRaftStorage.OpenOn(torn.Copy(), Options, NullLogger.Instance);
        Assert.That((reopened.Recovered.LastIndex, reopened.Recovered.TermRuns[^1]), Is.EqualTo((5ul, new TermRun(5, 3))));
    }

    private static int EndOf(byte[] content) => content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    /// <summary>A disk with a few commits, as a closed node or a killed one leaves it. Payloads have no zeros.</summary>
    private static async Task<SimulatedDisk> Written(bool closed, bool lastCommit = true)
    {
        var disk = new SimulatedDisk();
        var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        session.Append(Entry(1, 1, 60), Entry(1, 2, 60));
        session.Listener.WaitFor(session.Enqueue(new HardState(2, new NodeId(2), 1)));
        session.Append(Entry(2, 2, 90), Entry(2, 3, 60), Entry(2, 4, 60));
        session.Listener.WaitFor(session.EnqueueSnapshot(session.Seal(new LogId(2, 2), 300), new LogId(1, 1)));
        if (lastCommit)
        {
            session.HardState = new HardState(3, new NodeId(3), 2);
            session.Append(Entry(3, 4, 120), Entry(3, 5, 120), Entry(3, 6, 120));
        }

        SimulatedDisk killed = disk.Copy();
        await session.DisposeAsync();
        return closed ? disk : killed;
    }

    private static async Task<string> Content(SimulatedDisk disk)
    {
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        RecoveredState state = session.Storage.Recovered;
        string snapshot = Convert.ToHexString(session.ReadSnapshot(state.Snapshot!));
        return $"{state.HardState} {state.Base} {Describe(session.ReadAll(state.Base.Index + 1, state.LastIndex))} {state.Snapshot} {snapshot}";
    }
}
