using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Groups;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Groups;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class SharedTickerTests
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    [Test]
    public void All_nodes_are_ticked_in_one_pass_until_they_leave()
    {
        var time = new ManualTimeProvider();
        using var ticker = new SharedTicker(_interval, time);
        int[] ticks = new int[3];
        IDisposable[] nodes = [.. Enumerable.Range(0, ticks.Length).Select(i => ticker.Add(() => ticks[i]++))];

        time.Advance(_interval);
        nodes[1].Dispose();
        time.Advance(_interval * 2);
        Assert.That(ticks, Is.EqualTo(new[] { 3, 1, 3 }));

        ticker.Dispose();
        time.Advance(_interval);
        Assert.That(ticks, Is.EqualTo(new[] { 3, 1, 3 }));
    }

    [Test]
    public void A_node_that_leaves_during_a_pass_harms_nobody()
    {
        var time = new ManualTimeProvider();
        using var ticker = new SharedTicker(_interval, time);
        int ticks = 0;
        IDisposable? first = null;
        first = ticker.Add(() => first!.Dispose());
        using IDisposable second = ticker.Add(() => ticks++);

        time.Advance(_interval * 2);

        Assert.That(ticks, Is.EqualTo(2));
    }

    [Test]
    public void An_interval_that_can_not_be_is_refused()
        => Assert.That(() => new SharedTicker(TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void I13_elections_of_groups_that_tick_together_do_not_collide()
    {
        var time = new ManualTimeProvider();
        using var ticker = new SharedTicker(_interval, time);
        var configuration = new ClusterConfiguration([new NodeId(1), new NodeId(2), new NodeId(3)]);
        RaftCore[] cores = [.. Enumerable.Range(1, 100).Select(seed =>
            new RaftCore(new NodeId(1), configuration, new RaftOptions(), RecoveredState.Empty, new NoLog(), (ulong)seed))];
        foreach (RaftCore core in cores)
        {
            ticker.Add(core.Tick);
        }

        var campaigns = new List<int>();
        for (int before = 0; before < cores.Length; before = cores.Count(static core => core.Role != Role.Follower))
        {
            time.Advance(_interval);
            campaigns.Add(cores.Count(static core => core.Role != Role.Follower) - before);
            Assert.That(campaigns, Has.Count.LessThan(100), "all campaign some time");
        }

        Assert.That(campaigns.Count(static starts => starts > 0), Is.EqualTo(new RaftOptions().ElectionTicks), "all timeouts occur");
        Assert.That(campaigns, Is.All.LessThan(cores.Length / 4));
    }

    private sealed class NoLog : IRaftLogReader
    {
        public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into) => throw new NotSupportedException();
    }
}
