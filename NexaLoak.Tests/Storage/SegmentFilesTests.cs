using System.Numerics;
using NUnit.Framework;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;

namespace NexaLoak.Tests.Storage;

/// <summary>When the log's next file comes into being.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class SegmentFilesTests
{
    private const int Page = SegmentFile.PartBytes;
    private const int Segment = 16 * Page;

    private static readonly LogGeometry Geometry = new(BitOperations.Log2(Page), BitOperations.Log2(Segment));

    [Test]
    public async Task The_next_file_is_filled_at_the_pace_of_the_log_and_whole_when_it_is_needed()
    {
        using var directory = new TempDirectory();
        using LocalDisk disk = LocalDisk.Take(directory.Path);
        using var files = new SegmentFiles(disk, Geometry);
        files.PrepareNext();
        Write(files, 0, Page - 1);
        Assert.That(files.End, Is.EqualTo(1), "the first page is not full");
        files.Write(Page - 1, [0]);
        Assert.That(files.End, Is.EqualTo(1), "its time is not during the writes");
        files.PrepareNext();
        await Eventually.Holds(() => LengthOf(disk, "log.1") == Page, "a first part is there");
        Write(files, Page, Segment / 2);
        await Eventually.Holds(() => LengthOf(disk, "log.1") == 11 * Page, "7 of the 11 parts are written in which all 16 are filled: 10.2");
        Write(files, Segment / 2, Segment * 11 / 16);
        await Eventually.Holds(() => LengthOf(disk, "log.1") == 15 * Page, "10 of the 11 are: 14.5");
        Write(files, Segment * 11 / 16, Segment * 3 / 4);
        await Eventually.Holds(() => LengthOf(disk, "log.1") == Segment, "it is whole, with a quarter of the log's file left");

        files.Write(Segment, [1, 2, 3]);
        files.Sync();

        Assert.That(files.IsWhole(1), Is.True);
        Assert.That(disk.List(), Does.Not.Contain("log.2"));
    }

    [Test]
    public void A_file_is_whole_when_it_is_needed_all_of_a_sudden()
    {
        using var directory = new TempDirectory();
        using LocalDisk disk = LocalDisk.Take(directory.Path);
        using var files = new SegmentFiles(disk, Geometry);
        Write(files, 0, Page);

        files.Write(Segment, [1, 2, 3]);

        Assert.That(files.IsWhole(1), Is.True);
        byte[] read = new byte[4];
        files.Read(Segment, read);
        Assert.That(read, Is.EqualTo(new byte[] { 1, 2, 3, 0 }));
    }

    [Test]
    public async Task What_there_is_of_the_next_file_goes_when_the_log_is_closed()
    {
        using var directory = new TempDirectory();
        using LocalDisk disk = LocalDisk.Take(directory.Path);
        using (var files = new SegmentFiles(disk, Geometry))
        {
            Write(files, 0, Page);
            await Eventually.Holds(() => LengthOf(disk, "log.1") == Page, "a first part is there");
            byte[] read = [1];
            files.Read(Segment, read);
            Assert.That(read, Is.EqualTo(new byte[] { 0 }), "it is not waited for");
        }

        Assert.That(disk.List(), Is.EquivalentTo(new[] { "lock", "log.0" }));
    }

    private static void Write(SegmentFiles files, int from, int to)
    {
        byte[] page = new byte[Page];
        for (int at = from; at < to; at += page.Length)
        {
            files.Write(at, page.AsSpan(0, Math.Min(page.Length, to - at)));
        }

        files.PrepareNext();
    }

    private static long LengthOf(LocalDisk disk, string name) => disk.List().Contains(name) ? new FileInfo(disk.PathOf(name)).Length : 0;
}
