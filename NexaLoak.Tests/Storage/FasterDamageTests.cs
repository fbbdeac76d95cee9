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
        Assert.That((await FlipBits(disk, stride: 1, behind: 40)).Values.Sum(), Is.GreaterThan(1000));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_flipped_bit_in_any_file_of_a_longer_log_is_harmless_or_refused(bool closed)
    {
        SimulatedDisk disk = await WrittenLong(closed);
        Dictionary<string, int> refused = await FlipBits(disk, stride: 13, behind: int.MaxValue);
        string[] logs = [.. disk.List().Where(name => name.StartsWith("log.", StringComparison.Ordinal))];
        Assert.That(logs, Has.Length.GreaterThanOrEqualTo(4).And.No.Member("log.0"));
        Assert.That(logs.Count(name => refused[name] > 100), Is.GreaterThanOrEqualTo(2), "damage within the log is refused");
        Assert.That(refused[logs[^1]], Is.Zero, "the file prepared for what is to come holds nothing");
        string[] snapshots = [.. disk.List().Where(name => name.StartsWith("snapshot.", StringComparison.Ordinal))];
        Assert.That(snapshots.Count(name => refused[name] > 0), Is.EqualTo(1), "only one of them is named by a write");
    }

    [Test]
    public async Task A_log_or_marker_cut_anywhere_is_harmless_or_refused()
    {
        SimulatedDisk disk = await WrittenLong(closed: true);
        (string, string) sound = await Judge(disk);
        string[] logs = [.. disk.List().Where(name => name.StartsWith("log.", StringComparison.Ordinal))];
        foreach (string name in new[] { logs[0], logs[1], logs[^2], logs[^1], MarkerFile.Name })
        {
            int length = disk.Files[name].Content.Length;
            for (int cut = length - 1; cut >= 0; cut -= cut > length - 600 || cut < 600 ? 1 : 37)
            {
                SimulatedDisk damaged = disk.Copy();
                damaged.Files[name].Cut(cut);
                bool harmless = await IsHarmless(damaged, sound, $"{name} cut at {cut}");
                Assert.That(harmless || name != logs[^1], Is.True, $"the prepared {name} cut at {cut}");
                Assert.That(harmless && name != logs[^1] && name != MarkerFile.Name, Is.False, $"{name} cut at {cut}");
            }
        }
    }

    [Test]
    [Platform("Linux")]
    public async Task What_is_in_the_lock_does_not_matter()
    {
        using var directory = new TempDirectory();
        FasterStorageOptions options = Options with { Directory = directory.Path };
        await using (var session = new StorageSession(FasterRaftStorage.Open(options)))
        {
            session.Append(Entry(1, 1));
        }

        string path = Path.Combine(directory.Path, "lock");
        foreach (string? content in new[] { "", "4711", new string('x', 5000), null })
        {
            File.Delete(path);
            if (content is not null)
            {
                await File.WriteAllTextAsync(path, content);
            }

            await using FasterRaftStorage storage = FasterRaftStorage.Open(options);
            Assert.That(storage.Recovered.LastIndex, Is.EqualTo(1));
            Assert.That(() => FasterRaftStorage.Open(options), Throws.TypeOf<StorageOpenException>());
        }
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

    /// <summary>Flips a bit of a byte, of every byte or of some, in each file; how often that was refused, by file.</summary>
    private static async Task<Dictionary<string, int>> FlipBits(SimulatedDisk disk, int stride, int behind)
    {
        var refused = new Dictionary<string, int>();
        (string, string) sound = await Judge(disk);
        foreach ((string name, SimulatedFile file) in disk.Files)
        {
            refused[name] = 0;
            long end = Math.Min((long)EndOf(file.Content) + behind, file.Content.Length);
            for (int at = 0; at < end; at += stride)
            {
                SimulatedDisk damaged = disk.Copy();
                damaged.Files[name].Content[at] ^= (byte)(1 << (at % 8));
                refused[name] += await IsHarmless(damaged, sound, $"bit {at % 8} of byte {at} of {name}") ? 0 : 1;
            }
        }

        return refused;
    }

    /// <summary>Whether a damaged disk opens, with the content of the sound one; if not, the refusal is that of the inspection, and names the file.</summary>
    private static async Task<bool> IsHarmless(SimulatedDisk damaged, (string Content, string Inspected) sound, string where)
    {
        string verdict = InspectedState.Of(damaged);
        try
        {
            Assert.That(await Content(damaged), Is.EqualTo(sound.Content), where);
            Assert.That(verdict, Is.EqualTo(sound.Inspected), where);
            return true;
        }
        catch (StorageCorruptedException e)
        {
            Assert.That(e.Message, Does.Contain("/simulated/").And.Not.Contain("\n"), where);
            Assert.That(verdict, Is.EqualTo(e.Message), where);
            return false;
        }
    }

    /// <summary>What a sound disk opens with, and what an inspection says of it.</summary>
    private static async Task<(string Content, string Inspected)> Judge(SimulatedDisk disk) => (await Content(disk.Copy()), InspectedState.Of(disk));

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

    /// <summary>
    /// A disk whose log lies in several files and begins behind the first, with a snapshot that no write names and a part of another, as a closed node or
    /// a killed one leaves it.
    /// </summary>
    private static async Task<SimulatedDisk> WrittenLong(bool closed)
    {
        var disk = new SimulatedDisk();
        var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        session.Append(Entries(1, 1, 12, 900));
        session.Compact(new LogId(1, 11), 700);
        session.Append(Entries(2, 13, 17, 900));
        session.Seal(new LogId(2, 20), 300);
        await Eventually.Holds(
            () => !disk.List().Contains("log.0") && disk.List().Contains("log.4"), "the first file of the log is deleted, and the next one prepared");
        SimulatedDisk killed = disk.Copy();
        await session.DisposeAsync();
        SimulatedDisk left = closed ? disk : killed;
        left.Publish("snapshot.00000000000000ff.tmp", new byte[200]);
        return left;
    }

    private static async Task<string> Content(SimulatedDisk disk)
    {
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        RecoveredState state = session.Storage.Recovered;
        string snapshot = Convert.ToHexString(session.ReadSnapshot(state.Snapshot!));
        return $"{state.HardState} {state.Base} {Describe(session.ReadAll(state.Base.Index + 1, state.LastIndex))} {state.Snapshot} {snapshot}";
    }
}
