using NUnit.Framework;
using Raft.Storage.Faster.Disk;

namespace NexaLoak.Tests.Storage;

/// <summary>What the file system does with a directory's files.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class LocalDiskTests
{
    [Test]
    public void Discarded_bytes_are_zeros_and_the_rest_of_the_file_stays()
    {
        const int discarded = 64 << 10;
        using var directory = new TempDirectory();
        using LocalDisk disk = LocalDisk.Take(directory.Path);
        using IDiskFile file = disk.CreateEmpty("file");
        byte[] content = new byte[2 * discarded];
        new Random(1).NextBytes(content);
        file.Write(0, content);
        file.SyncAll();

        disk.Discard("file", discarded);

        byte[] left = new byte[content.Length];
        file.Read(0, left);
        Assert.That(file.Length, Is.EqualTo(content.Length));
        Assert.That(left.AsSpan(discarded).SequenceEqual(content.AsSpan(discarded)), Is.True, "what was not given back is as it was");
        if (left.AsSpan(0, discarded).SequenceEqual(content.AsSpan(0, discarded)))
        {
            Assert.Ignore("The file system of the temporary directory can't give back a part of a file.");
        }

        Assert.That(left.AsSpan(0, discarded).ContainsAnyExcept((byte)0), Is.False, "what was given back is gone");
    }

    [Test]
    public void A_finished_file_is_zeros_and_stays()
    {
        const int length = (3 << 20) + 5;
        using var directory = new TempDirectory();
        using LocalDisk disk = LocalDisk.Take(directory.Path);
        using INewFile made = disk.Begin("file", length);
        made.ZeroTo(10);
        made.ZeroTo((2 << 20) + 1);
        using IDiskFile file = made.Finish();
        made.Dispose();

        Assert.That(file.Length, Is.EqualTo(length));
        byte[] content = File.ReadAllBytes(disk.PathOf("file"));
        Assert.That(content, Has.Length.EqualTo(length));
        Assert.That(content.AsSpan().ContainsAnyExcept((byte)0), Is.False);
    }

    [Test]
    public void An_unfinished_file_is_removed()
    {
        using var directory = new TempDirectory();
        using LocalDisk disk = LocalDisk.Take(directory.Path);
        INewFile made = disk.Begin("file", 1 << 20);
        made.ZeroTo(10);
        Assert.That(new FileInfo(disk.PathOf("file")).Length, Is.EqualTo(10));

        made.Dispose();

        Assert.That(disk.List(), Does.Not.Contain("file"));
    }

    [Test]
    public void A_file_that_is_gone_cannot_be_discarded()
    {
        using var directory = new TempDirectory();
        using LocalDisk disk = LocalDisk.Take(directory.Path);
        Assert.That(() => disk.Discard("file", 4096), Throws.TypeOf<FileNotFoundException>());
    }
}
