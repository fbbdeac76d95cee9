using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Jepsen.Commands;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Inspection;
using static Raft.Core.Storage.Conformance.SampleData;

namespace NexaLoak.Tests.Storage;

/// <summary><c>raft-jepsen storage</c> tells what a folder holds and what is wrong with it, and leaves it as it was.</summary>
[TestFixture]
[Platform("Linux")]
public sealed class StorageCommandTests
{
    private TempDirectory _directory = null!;

    private string Folder => Path.Combine(_directory.Path, "node");

    private FasterStorageOptions Options => new()
    {
        Directory = Folder, Identity = "blue/1", PageBytes = 4 << 10, MemoryBytes = 8 << 10, SegmentBytes = 8 << 10,
    };

    [SetUp]
    public void CreateDirectory() => _directory = new TempDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public async Task Inspect_shows_all_but_the_entries()
    {
        await Fill();
        (int code, JsonElement[] lines) = RunJson("inspect", Folder);
        Assert.That(code, Is.Zero);
        JsonElement sum = lines[^1];
        Assert.That(sum.GetProperty("sound").GetBoolean(), Is.True);
        Assert.That((sum.GetProperty("identity").GetString(), sum.GetProperty("format_version").GetInt32()), Is.EqualTo(("blue/1", 2)));
        Assert.That(Numbers(sum, "term", "voted_for", "commit"), Is.EqualTo(new[] { 2ul, 2ul, 2ul }));
        Assert.That(Numbers(sum, "base_index", "base_term", "last_index", "readable_index"), Is.EqualTo(new[] { 2ul, 1ul, 6ul, 6ul }));
        Assert.That(Numbers(Only(lines, "term"), "term", "first_index"), Is.EqualTo(new[] { 2ul, 3ul }));
        JsonElement configuration = Only(lines, "configuration").GetProperty("configuration");
        Assert.That(configuration.GetProperty("joint").GetBoolean(), Is.True);
        Assert.That(configuration.GetProperty("witnesses").EnumerateArray().Select(id => id.GetInt32()), Is.EqualTo(new[] { 3 }));
        JsonElement snapshot = Only(lines, "snapshot");
        Assert.That((snapshot.GetProperty("newest").GetBoolean(), snapshot.GetProperty("bytes").GetInt64()), Is.EqualTo((true, 300L)));
        Assert.That(
            lines.Where(line => Event(line) == "file").Select(file => file.GetProperty("role").GetString()),
            Is.EquivalentTo(new[] { "lock", "marker", "log", "prepared", "snapshot" }));
    }

    [Test]
    public async Task Inspect_speaks_to_people()
    {
        await Fill();
        (int code, string[] lines) = Run("inspect", Folder);
        Assert.That(code, Is.Zero);
        Assert.That(lines, Has.Some.EqualTo("hard state     term 2, voted for 2, committed at least up to 2"));
        Assert.That(lines, Has.Some.EqualTo("log            behind 1/2 up to index 6"));
        Assert.That(lines, Has.Some.EqualTo("configuration  2/5: (1 2 3)&&(1 2) learners=(4) witnesses=(3) (joint)"));
        Assert.That(lines, Has.Some.Contains("lock, which nobody holds"));
        Assert.That(lines[^1], Is.EqualTo("sound: the node can start from it"));
    }

    [Test]
    public async Task Verify_reads_everything_back()
    {
        await Fill();
        (int code, JsonElement[] lines) = RunJson("verify", Folder, "--identity", "blue/1");
        Assert.That((code, lines.Length), Is.EqualTo((0, 1)));
        Assert.That(Numbers(lines[0], "findings", "entries", "snapshot_bytes", "last_index"), Is.EqualTo(new[] { 0ul, 4ul, 300ul, 6ul }));
    }

    [Test]
    public async Task Dump_prints_the_entries_that_count()
    {
        await Fill();
        (int code, JsonElement[] lines) = RunJson("dump", Folder, "--payload");
        Assert.That(code, Is.Zero);
        Assert.That(
            lines[..^1].Select(line => $"{line.GetProperty("term")}/{line.GetProperty("index")} {line.GetProperty("type")}"),
            Is.EqualTo(new[] { "2/3 noop", "2/4 command", "2/5 configuration", "2/6 command" }));
        Assert.That(lines[1].GetProperty("payload").GetString(), Is.EqualTo("7365742022782220312e"));
        Assert.That(lines[2].GetProperty("configuration").GetProperty("joint").GetBoolean(), Is.True);
        Assert.That(Numbers(lines[^1], "entries", "from", "to"), Is.EqualTo(new[] { 4ul, 3ul, 6ul }));
    }

    [Test]
    public async Task Dump_prints_payloads_as_text_or_hexadecimal_when_asked()
    {
        await Fill();
        (int code, string[] lines) = Run("dump", Folder, "--from", "4", "--to", "6", "--payload");
        Assert.That(code, Is.Zero);
        Assert.That(lines[0], Does.Match("^ +4 +2 Command +10 \"set \\\\\"x\\\\\" 1[.]\"$"));
        Assert.That(lines[1], Does.EndWith("(1 2 3)&&(1 2) learners=(4) witnesses=(3)"));
        Assert.That(lines[2], Does.EndWith($"5 {Convert.ToHexStringLower(Entry(2, 6).Payload.Span)}"));
        Assert.That(lines[3], Does.StartWith("3 entries"));
        Assert.That(Run("dump", Folder).Lines[1], Does.Match("Command +10$"));
    }

    [TestCase("1", "6")]
    [TestCase("3", "7")]
    [TestCase("5", "4")]
    [TestCase("7", "7")]
    public async Task Entries_that_are_not_there_are_refused(string from, string to)
    {
        await Fill();
        (int code, string[] lines) = Run("dump", Folder, "--from", from, "--to", to);
        Assert.That((code, lines.Length), Is.EqualTo((2, 1)));
        Assert.That(lines[0], Does.Contain($"The entries {from} to {to} were asked for, and the entries 3 to 6 can be read."));
    }

    [Test]
    public async Task A_new_folder_is_sound_and_has_no_entries()
    {
        await FasterRaftStorage.Open(Options).DisposeAsync();
        Assert.That(Run("verify", Folder).Code, Is.Zero);
        Assert.That(Run("inspect", Folder).Lines, Has.Some.EqualTo("hard state     term 0, voted for nobody, committed at least up to 0"));
        Assert.That(Run("dump", Folder).Lines, Is.EqualTo(new[] { "0 entries with 0 bytes" }));
        Assert.That(Run("dump", Folder, "--from", "1").Lines.Single(), Does.Contain("no entry can be read"));
    }

    [Test]
    public async Task A_torn_tail_is_sound_and_will_be_cut()
    {
        await FillAndKill();
        string log = Path.Combine(Folder, "log.0");
        byte[] content = File.ReadAllBytes(log);
        content.AsSpan(EndOf(content) - 40, 40).Clear();
        File.WriteAllBytes(log, content);
        (int code, JsonElement[] lines) = RunJson("verify", Folder);
        Assert.That((code, lines.Length), Is.EqualTo((0, 2)));
        Assert.That((lines[0].GetProperty("kind").GetString(), lines[0].GetProperty("file").GetString()), Is.EqualTo(("interrupted-commit", log)));
        Assert.That(lines[0].GetProperty("offset").GetInt64(), Is.InRange(1, EndOf(content)));
        Assert.That(lines[1].GetProperty("last_index").GetInt32(), Is.EqualTo(5));
        await using FasterRaftStorage storage = FasterRaftStorage.Open(Options);
        Assert.That(storage.Recovered.LastIndex, Is.EqualTo(5));
    }

    [Test]
    public async Task Damage_in_the_middle_is_named_with_its_place_and_the_rest_is_shown()
    {
        await FillLong();
        string file = Path.Combine(Folder, "log.1");
        Flip(file, 5000);
        string line = Damage(file, "The node refuses to start.");
        Assert.That(line, Does.Contain("should hold the record of index").And.Contain("was durable up to index 30"));
        JsonElement sum = RunJson("inspect", Folder).Lines[^1];
        ulong readable = sum.GetProperty("readable_index").GetUInt64();
        Assert.That(sum.GetProperty("last_index").GetUInt64(), Is.EqualTo(30));
        Assert.That(readable, Is.InRange(6, 14));
        (int code, string[] lines) = Run("dump", Folder);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(lines[^2..], Is.EqualTo(new[] { $"raft-jepsen: {Refusal()}", $"{readable} entries with {readable * 1000} bytes" }));
    }

    [Test]
    public async Task A_missing_part_of_the_log_is_damage()
    {
        await FillLong();
        string file = Path.Combine(Folder, "log.2");
        File.Delete(file);
        Assert.That(Damage(file, null), Does.Contain($"{file} is missing or cut short"));
    }

    [Test]
    public async Task A_damaged_or_missing_snapshot_is_damage()
    {
        await Fill();
        string file = Directory.GetFiles(Folder, "snapshot.*").Single();
        Flip(file, 150);
        Assert.That(Damage(file, null), Does.Contain("its content is not what had been written"));
        Assert.That(Run("inspect", Folder).Lines, Has.Some.Contains("is not what had been written").And.StartsWith("snapshot "));
        File.Delete(file);
        Assert.That(Damage(file, null), Does.Contain("is missing"));
    }

    [Test]
    public async Task One_marker_suffices_and_two_bad_ones_are_damage()
    {
        await Fill();
        string marker = Path.Combine(Folder, "marker");
        byte[] content = File.ReadAllBytes(marker);
        int newer = BitConverter.ToUInt64(content, 16) > BitConverter.ToUInt64(content, 4096 + 16) ? 0 : 4096;
        Flip(marker, 4096 - newer + 100);
        (int code, JsonElement[] lines) = RunJson("verify", Folder);
        Assert.That((code, Only(lines, "finding").GetProperty("kind").GetString()), Is.EqualTo((0, "invalid-marker")));
        Flip(marker, newer + 100);
        Assert.That(Damage(marker, null), Does.Contain("neither of its two markers is valid"));
        Assert.That(Run("inspect", Folder).Lines, Has.Some.StartsWith("file           log.0"));
        Assert.That(Run("dump", Folder).Code, Is.EqualTo(1));
    }

    [Test]
    public async Task Another_version_of_the_format_is_no_damage()
    {
        await Fill();
        string marker = Path.Combine(Folder, "marker");
        byte[] content = File.ReadAllBytes(marker);
        foreach (int slot in new[] { 0, 4096 })
        {
            content[slot + 8] = 3;
            BitConverter.GetBytes(Crc32C.Append(0, content.AsSpan(slot + 4, 508))).CopyTo(content, slot);
        }

        File.WriteAllBytes(marker, content);
        Refused(Folder, $"{marker} is of format version 3, and this program reads version 2.");
        Assert.That(() => FasterRaftStorage.Open(Options), Throws.TypeOf<StorageOpenException>());
    }

    [Test]
    public async Task A_configuration_of_another_version_is_told_as_such()
    {
        await using (StorageSession session = Write())
        {
            session.Append(new Entry(2, 7, EntryType.Configuration, new byte[] { 9 }));
        }

        Assert.That(Run("inspect", Folder).Lines, Has.Some.EqualTo("configuration  2/7: of a version that is not known here"));

        string file = Directory.GetFiles(Folder, "snapshot.*").Single();
        byte[] content = File.ReadAllBytes(file);
        uint salt = BitConverter.ToUInt32(File.ReadAllBytes(Path.Combine(Folder, "marker")), 4096 + 12);
        content[300] = 9;
        BitConverter.GetBytes(Crc32C.Append(Crc32C.Append(salt, content.AsSpan(300..^56)), content.AsSpan(^52..))).CopyTo(content, content.Length - 56);
        File.WriteAllBytes(file, content);
        Refused(Folder, "Configurations of version 9 are not known.");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_missing_marker_is_damage(bool andLog)
    {
        await Fill();
        string marker = Path.Combine(Folder, "marker");
        File.Delete(marker);
        foreach (string log in andLog ? Directory.GetFiles(Folder, "log.*") : [])
        {
            File.Delete(log);
        }

        Assert.That(Damage(marker, null), Does.Contain("is missing, although " + (andLog ? "snapshot." : "log.0")));
    }

    [Test]
    public async Task Anothers_data_is_told_as_such()
    {
        await Fill();
        (int code, JsonElement[] lines) = RunJson("verify", Folder, "--identity", "blue/2");
        Assert.That((code, lines.Length), Is.EqualTo((1, 2)));
        Assert.That(lines[0].GetProperty("message").GetString(), Is.EqualTo("The folder belongs to \"blue/1\", not to \"blue/2\"."));
        Assert.That(lines[1].GetProperty("sound").GetBoolean(), Is.False);

        string other = Path.Combine(_directory.Path, "other");
        await using (var session = new StorageSession(FasterRaftStorage.Open(Options with { Directory = other })))
        {
            session.Append(Entry(1, 1));
        }

        File.Copy(Path.Combine(other, "log.0"), Path.Combine(Folder, "log.0"), overwrite: true);
        Damage(Path.Combine(Folder, "log.0"), null);
    }

    [Test]
    public async Task What_the_next_start_deletes_is_told_as_left_over()
    {
        SnapshotMetadata unnamed;
        string killed = Path.Combine(_directory.Path, "killed");
        await using (var session = new StorageSession(FasterRaftStorage.Open(Options)))
        {
            session.Append(Entry(1, 1), Entry(1, 2));
            unnamed = session.Seal(new LogId(1, 2), 70);
            Copy(Folder, killed);
        }

        File.WriteAllText(Path.Combine(killed, "snapshot.0000000000000009.tmp"), "half");
        File.WriteAllText(Path.Combine(killed, "notes.txt"), "mine");
        (int code, JsonElement[] lines) = RunJson("inspect", killed);
        Assert.That(code, Is.Zero);
        Assert.That(Only(lines, "snapshot").GetProperty("newest").GetBoolean(), Is.False);
        Assert.That(Only(lines, "snapshot").GetProperty("checksum").GetString(), Is.EqualTo($"{unnamed.Checksum:x8}"));
        Assert.That(lines.Count(line => Event(line) == "file" && line.GetProperty("role").GetString() == "leftover"), Is.EqualTo(2));
        Assert.That(lines.Count(line => Event(line) == "file" && line.GetProperty("role").GetString() == "unknown"), Is.EqualTo(1));
    }

    [Test]
    public void A_folder_without_data_is_refused()
    {
        Refused(Folder, "does not exist");
        Directory.CreateDirectory(Folder);
        Refused(Folder, "holds no data of a node");
        File.WriteAllText(Path.Combine(Folder, "notes.txt"), "mine");
        Refused(Folder, "holds no data of a node");
        File.WriteAllBytes(Path.Combine(Folder, "log.0"), new byte[100]);
        Refused(Folder, "holds no data of a node");
        Refused(Path.Combine(Folder, "notes.txt"), "is a file, not a directory");
        Refused(" ", "Name the data folder");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_running_node_is_named_and_left_alone(CancellationToken cancellation)
    {
        using Process writer = StorageWriterProcess.Start(Folder);
        try
        {
            await writer.StandardOutput.ReadLineAsync(cancellation);
            foreach (string command in new[] { "inspect", "verify", "dump" })
            {
                using var errors = new StringWriter();
                int code = Root().Parse(["storage", command, Folder]).Invoke(new InvocationConfiguration { Output = errors, Error = errors });
                Assert.That(code, Is.EqualTo(2));
                Assert.That(errors.ToString(), Does.StartWith($"raft-jepsen: {Folder} is in use by process {writer.Id} ("));
            }

            Assert.That(await writer.StandardOutput.ReadLineAsync(cancellation), Is.Not.Null);
        }
        finally
        {
            writer.Kill();
        }

        await writer.WaitForExitAsync(cancellation);
        Assert.That(Run("verify", Folder).Code, Is.Zero);
    }

    [Test]
    public async Task No_node_starts_while_its_folder_is_read()
    {
        await Fill();
        using (FasterStorageInspection.Open(Folder))
        {
            using FasterStorageInspection second = FasterStorageInspection.Open(Folder);
            Assert.That(Refusal(), Does.StartWith($"Cannot lock the storage directory {Folder}: process {Environment.ProcessId} ("));
        }

        await FasterRaftStorage.Open(Options).DisposeAsync();
    }

    [Test]
    public async Task A_copy_without_a_lock_can_be_read()
    {
        await Fill();
        File.Delete(Path.Combine(Folder, "lock"));
        Assert.That(Run("verify", Folder).Code, Is.Zero);
    }

    [TestCase("storage", "verify")]
    [TestCase("storage", "dump", "somewhere", "--from", "first")]
    [TestCase("storage", "mend", "somewhere")]
    public void A_wrong_command_line_is_an_error(params string[] arguments) => Assert.That(Root().Parse(arguments).Errors, Is.Not.Empty);

    private static int EndOf(byte[] content) => content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private static void Flip(string file, int at)
    {
        byte[] content = File.ReadAllBytes(file);
        content[at] ^= 16;
        File.WriteAllBytes(file, content);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from).Where(file => Path.GetFileName(file) != "lock"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static RootCommand Root() => new() { StorageCommand.Create() };

    private static string? Event(JsonElement line) => line.TryGetProperty("event", out JsonElement name) ? name.GetString() : null;

    private static JsonElement Only(JsonElement[] lines, string what) => lines.Single(line => Event(line) == what);

    private static ulong[] Numbers(JsonElement line, params string[] names) => [.. names.Select(name => line.GetProperty(name).GetUInt64())];

    /// <summary>Runs a command, which must leave the folder as it is.</summary>
    private static (int Code, string[] Lines) Run(string command, string folder, params string[] options)
    {
        string before = Directory.Exists(folder) ? FolderImage.Of(folder) : "";
        using var output = new StringWriter();
        string[] arguments = ["storage", command, folder, .. options];
        int code = Root().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = output });
        Assert.That(Directory.Exists(folder) ? FolderImage.Of(folder) : "", Is.EqualTo(before), "the folder is as it was");
        return (code, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static (int Code, JsonElement[] Lines) RunJson(string command, string folder, params string[] options)
    {
        (int code, string[] lines) = Run(command, folder, [.. options, "--json"]);
        return (code, [.. lines.Select(line => JsonDocument.Parse(line).RootElement)]);
    }

    private static void Refused(string folder, string why)
    {
        foreach (string command in new[] { "inspect", "verify", "dump" })
        {
            (int code, string[] lines) = Run(command, folder);
            Assert.That((code, lines.Length), Is.EqualTo((2, 1)));
            Assert.That(lines[0], Does.StartWith("raft-jepsen: ").And.Contain(why));
        }
    }

    /// <summary>Verifies a folder that must be damaged in a file, with the very line with which a node refuses to start; returns it.</summary>
    private string Damage(string file, string? meaning)
    {
        (int code, JsonElement[] lines) = RunJson("verify", Folder);
        JsonElement finding = lines.First(line => Event(line) == "finding" && line.GetProperty("kind").GetString() == "damage");
        string message = finding.GetProperty("message").GetString()!;
        Assert.That((code, finding.GetProperty("file").GetString()), Is.EqualTo((1, file)));
        Assert.That(finding.GetProperty("meaning").GetString(), Is.EqualTo(meaning ?? "The node refuses to start."));
        Assert.That(lines[^1].GetProperty("sound").GetBoolean(), Is.False);
        Assert.That(message, Is.EqualTo(Refusal()).And.Not.Contain("\n"));
        Assert.That(Run("inspect", Folder).Code, Is.EqualTo(1));
        return message;
    }

    private string Refusal() => Assert.Catch(() => FasterRaftStorage.Open(Options))!.Message;

    /// <summary>A log of more than a page, with a replaced end, a snapshot, a base behind which it begins, and a joint configuration.</summary>
    private async Task Fill()
    {
        await using StorageSession session = Write();
    }

    /// <summary>As a killed node leaves it.</summary>
    private async Task FillAndKill()
    {
        string running = Path.Combine(_directory.Path, "running");
        await using (StorageSession session = Write(running))
        {
            Copy(running, Folder);
        }
    }

    private StorageSession Write(string? folder = null)
    {
        var session = new StorageSession(FasterRaftStorage.Open(Options with { Directory = folder ?? Folder }));
        var joint = new ClusterConfiguration(
            [new NodeId(1), new NodeId(2), new NodeId(3)], [new NodeId(1), new NodeId(2)], [new NodeId(4)], witnesses: [new NodeId(3)]);
        session.Append(Entry(1, 1, 3000), Entry(1, 2), Entry(1, 3, 60), Entry(1, 4, 60));
        session.HardState = new HardState(2, new NodeId(2), 2);
        session.Append(new Entry(2, 3, EntryType.NoOp, default), new Entry(2, 4, EntryType.Command, "set \"x\" 1."u8.ToArray()));
        session.Compact(new LogId(1, 2), 300);
        session.Append(new Entry(2, 5, EntryType.Configuration, ConfigurationCodec.Encode(joint)));
        session.Append(Entry(2, 6));
        return session;
    }

    /// <summary>A log of several files and many commits.</summary>
    private async Task FillLong()
    {
        await using var session = new StorageSession(FasterRaftStorage.Open(Options));
        for (ulong index = 1; index <= 30; index++)
        {
            session.Append(Entry(1, index, 1000));
        }
    }
}
