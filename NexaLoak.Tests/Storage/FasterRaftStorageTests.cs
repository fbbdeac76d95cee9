using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;

namespace NexaLoak.Tests.Storage;

[TestFixture]
public sealed class FasterRaftStorageTests
{
    private TempDirectory _directory = null!;

    [SetUp]
    public void CreateDirectory() => _directory = new TempDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [TestCaseSource(typeof(StorageConformance), nameof(StorageConformance.Checks))]
    public Task The_storage_conforms(StorageCheck check) => check.RunAsync(new StorageUnderTest(Open, _ => Open()));

    [TestCaseSource(typeof(StorageConformance), nameof(StorageConformance.CrashChecks))]
    public async Task The_storage_conforms_through_power_cuts(StorageCheck check)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            await check.RunAsync(StorageOn(new SimulatedDisk(), seed));
        }
    }

    [TestCaseSource(typeof(StorageConformance), nameof(StorageConformance.CrashChecks))]
    public void A_disk_that_lies_about_syncs_is_found_by_a_power_cut(StorageCheck check) =>
        Assert.That(() => check.RunAsync(StorageOn(new SimulatedDisk { Lies = true }, seed: 1)), Throws.TypeOf<StorageConformanceException>());

    [TestCase(4 << 10, 8 << 10, 8 << 10)]
    [TestCase(4 << 10, 16 << 10, 4 << 10)]
    [TestCase(64 << 10, 256 << 10, 128 << 10)]
    public async Task Payloads_of_every_size_around_a_page_survive_a_reopening(int page, int memory, int segment)
    {
        var options = new FasterStorageOptions
        {
            Directory = Path.Combine(_directory.Path, "sizes"), PageBytes = page, MemoryBytes = memory, SegmentBytes = segment,
        };
        int max = options.MaxPayloadBytes;
        int[] sizes = [0, 1, 3, 511, 512, 513, (max / 2) - 1, max / 2, max - 1, max, 0, max, max, 1];
        await using (var session = new StorageSession(FasterRaftStorage.Open(options)))
        {
            session.Append([.. sizes.Select((size, i) => SampleData.Entry(1, (ulong)i + 1, size))]);
            session.Append([.. sizes.Select((size, i) => SampleData.Entry(1, (ulong)(i + sizes.Length) + 1, size))]);
            Assert.That(() => session.Enqueue(SampleData.Entry(1, 1, max + 1)), Throws.ArgumentException.With.Message.Contains($"at most {max}"));
        }

        await using var reopened = new StorageSession(FasterRaftStorage.Open(options));
        IEnumerable<Raft.Core.Log.Entry> expected = Enumerable.Range(0, 2 * sizes.Length)
            .Select(i => SampleData.Entry(1, (ulong)i + 1, sizes[i % sizes.Length]));
        Assert.That(SampleData.Describe(reopened.ReadAll(1, (ulong)(2 * sizes.Length))), Is.EqualTo(SampleData.Describe(expected)));
    }

    private static StorageUnderTest StorageOn(SimulatedDisk disk, int seed)
    {
        var random = new Random(seed);
        return new StorageUnderTest(() => OpenOn(disk), _ => OpenOn(disk)) { Crash = open => OpenOn(disk = PowerCut(open, disk, random)) };
    }

    private static SimulatedDisk PowerCut(IRaftStorage open, SimulatedDisk disk, Random random)
    {
        disk.Fault = (_, _) => new IOException("power cut");
        try
        {
            open.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            // What was in its way when the power went.
        }

        return disk.AfterPowerCut(random);
    }

    private static FasterRaftStorage OpenOn(SimulatedDisk disk) => FasterRaftStorage.OpenOn(disk, OptionsFor("/simulated"), NullLogger.Instance);

    private static FasterStorageOptions OptionsFor(string directory) =>
        new() { Directory = directory, Identity = "test/1", PageBytes = 4 << 10, MemoryBytes = 16 << 10, SegmentBytes = 16 << 10 };

    private FasterRaftStorage Open() => FasterRaftStorage.Open(OptionsFor(_directory.Path));
}
