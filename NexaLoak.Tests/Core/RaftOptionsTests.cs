using System.ComponentModel.DataAnnotations;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Options out of their bounds are refused, by name, before a core exists.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RaftOptionsTests
{
    private static readonly RaftOptions Defaults = new();

    private static IEnumerable<TestCaseData> OutOfBounds()
    {
        static TestCaseData Case(RaftOptions options, string name, string how = "")
            => new TestCaseData(options, name).SetArgDisplayNames(name + how);

        yield return Case(Defaults with { HeartbeatTicks = 0 }, nameof(RaftOptions.HeartbeatTicks));
        yield return Case(Defaults with { ElectionTicks = 2, HeartbeatTicks = 2 }, nameof(RaftOptions.ElectionTicks));
        yield return Case(Defaults with { LeaseReads = true, TickMicroseconds = 1, CheckQuorum = false }, nameof(RaftOptions.LeaseReads));
        yield return Case(Defaults with { LeaseReads = true }, nameof(RaftOptions.TickMicroseconds));
        yield return Case(Defaults with { TickMicroseconds = -1 }, nameof(RaftOptions.TickMicroseconds), " below");
        yield return Case(Defaults with { TickMicroseconds = 60_000_001 }, nameof(RaftOptions.TickMicroseconds), " above");
        yield return Case(Defaults with { LeaseDriftPercent = -1 }, nameof(RaftOptions.LeaseDriftPercent), " below");
        yield return Case(Defaults with { LeaseDriftPercent = 91 }, nameof(RaftOptions.LeaseDriftPercent), " above");
        yield return Case(Defaults with { Priority = -1 }, nameof(RaftOptions.Priority), " below");
        yield return Case(Defaults with { Priority = 101 }, nameof(RaftOptions.Priority), " above");
        yield return Case(Defaults with { MaxEntryBytes = 0 }, nameof(RaftOptions.MaxEntryBytes));
        yield return Case(Defaults with { MaxAppendBytes = 0 }, nameof(RaftOptions.MaxAppendBytes));
        yield return Case(Defaults with { MaxInflightMessages = 0 }, nameof(RaftOptions.MaxInflightMessages));
        yield return Case(Defaults with { MaxInflightBytes = Defaults.MaxAppendBytes - 1 }, nameof(RaftOptions.MaxInflightBytes));
        yield return Case(Defaults with { MaxUncommittedBytes = 0 }, nameof(RaftOptions.MaxUncommittedBytes));
        yield return Case(Defaults with { LogCacheBytes = -1 }, nameof(RaftOptions.LogCacheBytes));
        yield return Case(Defaults with { MaxTrailingEntries = Defaults.TrailingEntries - 1 }, nameof(RaftOptions.MaxTrailingEntries));
        yield return Case(Defaults with { SnapshotChunkBytes = 0 }, nameof(RaftOptions.SnapshotChunkBytes));
        yield return Case(Defaults with { MaxInflightSnapshotChunks = 0 }, nameof(RaftOptions.MaxInflightSnapshotChunks));
        yield return Case(Defaults with { SnapshotBytesPerTick = 0 }, nameof(RaftOptions.SnapshotBytesPerTick));
    }

    [TestCaseSource(nameof(OutOfBounds))]
    public void What_is_out_of_bounds_is_named(RaftOptions options, string name)
        => Assert.That(
            () => new TestNode(1, ClusterConfiguration.Empty, options),
            Throws.TypeOf<ValidationException>().With.Message.StartsWith($"RaftOptions.{name} must be "));

    [Test]
    public void The_bounds_themselves_are_allowed()
    {
        var least = new RaftOptions
        {
            HeartbeatTicks = 1, ElectionTicks = 2, MaxEntryBytes = 1, MaxAppendBytes = 1, MaxInflightMessages = 1, MaxInflightBytes = 1,
            MaxUncommittedBytes = 1,
            LeaseReads = true, TickMicroseconds = 1, LeaseDriftPercent = 0, Priority = 0, LogCacheBytes = 0, TrailingEntries = 0, MaxTrailingEntries = 0,
            SnapshotChunkBytes = 1, MaxInflightSnapshotChunks = 1, SnapshotBytesPerTick = 1,
        };
        Assert.DoesNotThrow(least.Validate);
        Assert.DoesNotThrow((least with { TickMicroseconds = 60_000_000, LeaseDriftPercent = 90, Priority = 100 }).Validate);
        Assert.DoesNotThrow((least with { LeaseReads = false, TickMicroseconds = 0 }).Validate);
    }
}
