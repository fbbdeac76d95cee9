using System.Collections.Concurrent;
using FASTER.core;
using NUnit.Framework;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;

namespace NexaLoak.Tests.Storage;

/// <summary>What the storage relies on in the version of FASTER that it is built with.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class CommitNoticesTests
{
    private static readonly LogGeometry Geometry = new(PageBits: 12, SegmentBits: 14);

    /// <summary>FASTER tells of commits in their order, so the first one would have been told of before the second.</summary>
    [Test]
    public async Task Forgotten_commits_are_flushed_and_not_told_of()
    {
        var told = new ToldCommits();
        using var files = new SegmentFiles(new SimulatedDisk(), Geometry);
        using var device = new SegmentDevice(files, "log");
        using var log = new FasterLog(new FasterLogSettings
        {
            LogDevice = device,
            LogCommitManager = told,
            PageSize = Geometry.PageBytes,
            MemorySize = 4 * Geometry.PageBytes,
            SegmentSize = Geometry.SegmentBytes,
            FastCommitMode = true,
            TryRecoverLatest = false,
        });
        var notices = new CommitNotices(log);
        Assert.That(notices.AreKnown, Is.True);

        long first = Commit(log, 1);
        notices.Forget();
        device.Sync();
        Assert.That(log.FlushedUntilAddress, Is.GreaterThanOrEqualTo(first));

        long second = Commit(log, 2);
        device.Sync();
        Assert.That(log.FlushedUntilAddress, Is.GreaterThanOrEqualTo(second));
        await Eventually.Holds(() => !told.Commits.IsEmpty, "FASTER tells of the second commit");
        Assert.That(told.Commits, Is.EqualTo(new long[] { 2 }));
    }

    private static long Commit(FasterLog log, long number)
    {
        Assert.That(log.CommitStrongly(out long tail, out _, spinWait: false, [1], number), Is.True);
        return tail;
    }

    private sealed class ToldCommits : ILogCommitManager
    {
        public ConcurrentQueue<long> Commits { get; } = new();

        public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata) => Commits.Enqueue(commitNum);

        public IEnumerable<long> ListCommits() => [];

        public byte[] GetCommitMetadata(long commitNum) => [];

        public void RemoveCommit(long commitNum)
        {
        }

        public void RemoveAllCommits()
        {
        }

        public void OnRecovery(long commitNum)
        {
        }

        public void Dispose()
        {
        }
    }
}
