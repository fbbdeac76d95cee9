using System.Buffers.Binary;
using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Jepsen.Commands;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Disk;
using static Raft.Core.Storage.Conformance.SampleData;

namespace NexaLoak.Tests.Storage;

/// <summary>What a newer version wrote is refused, by the name of its file and with what to do, and is no damage.</summary>
[TestFixture]
public sealed class FasterVersionTests
{
    private const int SnapshotBytes = 300;
    private const int TrailerBytes = 56;
    private const int Magic = 4;
    private const int Version = 8;

    private static readonly FasterStorageOptions Options = new()
    {
        Directory = "/simulated", PageBytes = 4 << 10, MemoryBytes = 8 << 10, SegmentBytes = 8 << 10,
    };

    [TestCase(true, "is of format version 7")]
    [TestCase(false, "Configurations of version 7 are not known")]
    public async Task A_snapshot_of_a_newer_version_is_refused(bool trailer, string why)
    {
        SimulatedDisk disk = await WithSnapshot();
        string name = MakeNewer(disk, trailer);
        string before = InspectedFiles(disk);
        Assert.That(
            () => FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance),
            Throws.TypeOf<StorageOpenException>().With.Message.Contains($"/simulated/{name}").And.Message.Contains(why)
                .And.Message.Contains("Use the version that wrote it").And.Message.Not.Contains("\n"));
        Assert.That(InspectedFiles(disk), Is.EqualTo(before), "nothing was changed");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_newer_snapshot_that_no_write_names_keeps_nobody_from_starting(bool trailer)
    {
        SimulatedDisk disk = await WithSnapshot();
        string leftover = "snapshot." + new string('f', 16);
        disk.Publish(leftover, disk.Files[disk.List().Single(IsSnapshot)].Content);
        MakeNewer(disk, trailer, leftover);
        Assert.That(InspectedState.Of(disk), Does.Contain("1/2"));
        await FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance).DisposeAsync();
        Assert.That(disk.List(), Has.No.Member(leftover));
    }

    [TestCase(true)]
    [TestCase(false)]
    [Platform("Linux")]
    public async Task The_commands_say_the_same(bool trailer)
    {
        SimulatedDisk disk = await WithSnapshot();
        string name = MakeNewer(disk, trailer);
        using var folder = new TempDirectory();
        foreach ((string file, SimulatedFile content) in disk.Files)
        {
            File.WriteAllBytes(Path.Combine(folder.Path, file), content.Content);
        }

        string refusal = Assert.Catch(() => FasterRaftStorage.Open(Options with { Directory = folder.Path }))!.Message;
        foreach (string command in new[] { "inspect", "verify", "dump" })
        {
            using var output = new StringWriter();
            int code = new RootCommand { StorageCommand.Create() }.Parse(["storage", command, folder.Path])
                .Invoke(new InvocationConfiguration { Output = output, Error = output });
            Assert.That((code, output.ToString().Trim()), Is.EqualTo((2, $"raft-jepsen: {refusal}")));
            Assert.That(refusal, Does.Contain(Path.Combine(folder.Path, name)));
        }
    }

    private static bool IsSnapshot(string name) => name.StartsWith("snapshot.", StringComparison.Ordinal);

    private static string InspectedFiles(SimulatedDisk disk) =>
        string.Join('\n', disk.List().Select(name => $"{name} {Convert.ToHexString(disk.Files[name].Content)}"));

    private static async Task<SimulatedDisk> WithSnapshot()
    {
        var disk = new SimulatedDisk();
        await using var session = new StorageSession(FasterRaftStorage.OpenOn(disk, Options, NullLogger.Instance));
        session.Append(Entry(1, 1), Entry(1, 2), Entry(1, 3));
        session.Compact(new LogId(1, 2), SnapshotBytes);
        return disk;
    }

    /// <summary>Gives a snapshot, or the configuration in it, the version 7, with a checksum that is right.</summary>
    private static string MakeNewer(SimulatedDisk disk, bool trailer, string? file = null)
    {
        string name = file ?? disk.List().Single(IsSnapshot);
        using MarkerFile marker = MarkerFile.Open(disk);
        Span<byte> configuration = disk.Files[name].Content.AsSpan(SnapshotBytes);
        Span<byte> end = configuration[^TrailerBytes..];
        configuration = configuration[..^TrailerBytes];
        if (trailer)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(end[Version..], 7);
        }
        else
        {
            configuration[0] = 7;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(end, Crc32C.Append(Crc32C.Append(marker.Current.Salt, configuration), end[Magic..]));
        return name;
    }
}
