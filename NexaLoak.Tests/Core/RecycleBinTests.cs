using NUnit.Framework;
using Raft.Core;
using Raft.Core.Consensus;
using Raft.Core.Log;

namespace NexaLoak.Tests.Core;

/// <summary>Memory that is used again only when nobody looks at it any more.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RecycleBinTests
{
    [Test]
    public void What_was_retired_is_free_when_the_last_to_see_it_is_released()
    {
        var bin = new RecycleBin<string>(4);
        bin.Retire("a", 1);
        bin.Retire("b", 2);
        Assert.That(bin.Take(), Is.Null);
        bin.Release(1);
        Assert.That((bin.Take(), bin.Take()), Is.EqualTo(("a", (string?)null)));
        bin.Release(5);
        Assert.That((bin.Take(), bin.Take()), Is.EqualTo(("b", (string?)null)));
    }

    [Test]
    public void Without_releases_only_the_newest_are_held()
    {
        var bin = new RecycleBin<string>(2);
        foreach (string item in new[] { "a", "b", "c" })
        {
            bin.Retire(item, 1);
        }

        bin.Release(1);
        Assert.That(new[] { bin.Take(), bin.Take(), bin.Take() }, Is.EquivalentTo(new[] { "b", "c", null }));
    }

    [Test]
    public void No_more_is_kept_free_than_fits()
    {
        var bin = new RecycleBin<string>(2);
        foreach (string item in new[] { "a", "b", "c" })
        {
            bin.Retire(item, 1);
            bin.Release(1);
        }

        Assert.That(new[] { bin.Take(), bin.Take(), bin.Take() }, Has.One.Null);
    }

    /// <summary>With releases the memory of entries is used again; without them each batch needs new memory.</summary>
    [Test]
    public void A_core_whose_memory_is_released_allocates_less()
    {
        Assert.That(Allocated(releases: true), Is.LessThan(Allocated(releases: false) / 2));

        static long Allocated(bool releases)
        {
            RaftCore core = new TestCluster(1, new RaftOptions { LogCacheBytes = 10_000 }).Elect(1)[1].Core;
            var ready = new Ready();
            long before = 0;
            for (int i = 0; i < 4_000; i++)
            {
                before = i == 2_000 ? GC.GetAllocatedBytesForCurrentThread() : before;
                core.Propose(ReadOnlyMemory<byte>.Empty, forward: false, out _);
                core.TakeReady(ready);
                core.OnPersisted(ready.Write!.Value.Sequence);
                core.TakeReady(ready);
                if (releases)
                {
                    core.Release(ready.Number);
                }
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    /// <summary>Entries that leave the memory of the core may be overwritten once they are released, and what others got is what was proposed all the same.</summary>
    [Test]
    public void A_core_whose_memory_is_released_replicates_what_was_proposed()
    {
        TestCluster cluster = new TestCluster(1, new RaftOptions { LogCacheBytes = 200 }).Elect(1);
        var ready = new Ready();
        for (int i = 0; i < 3000; i++)
        {
            cluster.Propose(1, (byte)i);
            cluster.Settle();
            cluster[1].Core.TakeReady(ready);
            cluster[1].Core.Release(ready.Number);
        }

        Assert.That(cluster[1].Core.CommitIndex, Is.EqualTo(3001));
        Assert.That(Enumerable.Range(0, 3000).All(i => cluster[1].Disk.Durable[(ulong)i + 2].Entry.Payload.Span[0] == (byte)i));
        Assert.That(() => cluster[1].Core.Release(ready.Number + 1), Throws.TypeOf<RaftInvariantException>());
    }
}
