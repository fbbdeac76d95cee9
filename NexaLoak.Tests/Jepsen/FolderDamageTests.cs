using NexaLoak.Tests.Storage;
using NUnit.Framework;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using Raft.Jepsen.Running;
using Raft.Jepsen.Running.Faults;
using Raft.Storage.Faster;

namespace NexaLoak.Tests.Jepsen;

/// <summary>Damage of a node's folder: what is said of it beforehand is what becomes of a start.</summary>
[Platform("Linux")]
internal sealed class FolderDamageTests
{
    private const int Entries = 60;
    private const ulong Orders = 40;

    [Test]
    public async Task A_start_does_what_reading_the_folder_foretold()
    {
        using var directory = new TempDirectory();
        string sound = Path.Combine(directory.Path, "sound");
        await WriteAsync(sound);
        var verdicts = new Dictionary<DamageVerdict, int>();
        for (ulong order = 0; order < Orders; order++)
        {
            string copy = Copy(sound, Path.Combine(directory.Path, $"{order}"));
            var damage = FolderDamage.Inflict(copy, order);
            verdicts[damage.Verdict] = verdicts.GetValueOrDefault(damage.Verdict) + 1;
            Assert.That(SameFiles(sound, copy), Is.False, "something was damaged");
            (ulong last, string? refusal) = await OpenAsync(copy);
            Assert.That(refusal is null, Is.EqualTo(damage.Verdict == DamageVerdict.Harmless), $"{damage}: {refusal}");
            Assert.That(refusal ?? damage.File, Does.Contain(damage.File));
            Assert.That(last, Is.EqualTo(refusal is null ? Entries : 0), damage.ToString());
        }

        Assert.That(verdicts.Keys, Is.EquivalentTo((DamageVerdict[])[DamageVerdict.Harmless, DamageVerdict.Refused]));
        Assert.That(verdicts[DamageVerdict.Refused], Is.GreaterThan((int)Orders / 3));
    }

    [Test]
    public async Task A_folder_that_is_damaged_already_is_a_finding()
    {
        using var directory = new TempDirectory();
        string folder = Path.Combine(directory.Path, "data");
        await WriteAsync(folder);
        using (FileStream log = File.OpenWrite(Path.Combine(folder, "log.0")))
        {
            log.SetLength(100);
        }

        Assert.Throws<MisbehaviourException>(() => FolderDamage.Inflict(folder, order: 1));
    }

    private static FasterStorageOptions Options(string folder) => new()
    {
        Directory = folder, Identity = "damaged", PageBytes = 4 << 10, MemoryBytes = 8 << 10, SegmentBytes = 64 << 10,
    };

    /// <summary>Each entry is a commit of its own.</summary>
    private static async Task WriteAsync(string folder)
    {
        await using var session = new StorageSession(FasterRaftStorage.Open(Options(folder)));
        for (ulong index = 1; index <= Entries; index++)
        {
            session.Append(SampleData.Entry(1, index));
        }
    }

    private static async Task<(ulong Last, string? Refusal)> OpenAsync(string folder)
    {
        try
        {
            await using FasterRaftStorage storage = FasterRaftStorage.Open(Options(folder));
            return (storage.Recovered.LastIndex, null);
        }
        catch (Exception error) when (error is StorageCorruptedException or StorageOpenException)
        {
            return (0, error.Message);
        }
    }

    private static string Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        return to;
    }

    private static bool SameFiles(string one, string other)
        => Directory.EnumerateFiles(one).All(
            file => File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(other, Path.GetFileName(file)))));
}
