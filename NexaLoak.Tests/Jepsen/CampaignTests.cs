using NUnit.Framework;
using Raft.Jepsen.Running;
using Raft.Jepsen.Running.Campaigns;
using Raft.Jepsen.Running.Nemeses;
using Raft.Jepsen.Workloads;

namespace NexaLoak.Tests.Jepsen;

/// <summary>What the runs of a campaign do; the runs themselves are those of <see cref="RunTests"/>.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class CampaignTests
{
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = [.. NemesisCatalog.Names];

    [Test]
    public void Each_fault_has_its_turn_alone_and_then_with_others()
    {
        int kinds = NemesisCatalog.Names.Count;
        RunOptions[] runs = [.. Enumerable.Range(1, 20 * kinds).Select(new RunMix(7, Each, Names).Draw)];
        Assert.That(runs.Take(kinds).Select(run => run.Nemeses.Single()), Is.EquivalentTo(NemesisCatalog.Names));
        Assert.That(runs.Select(run => run.Nemeses.Count), Has.All.InRange(1, 4).And.Some.EqualTo(4));
        Assert.That(runs.Select(run => run.Nemeses.Distinct().Count()), Is.EqualTo(runs.Select(run => run.Nemeses.Count)));
        Assert.That(runs.Select(run => run.Nodes).Distinct(), Is.EquivalentTo(new[] { 3, 5 }));
        Assert.That(runs.Select(run => run.Workload).Distinct(), Is.EquivalentTo(Enum.GetValues<Workload>()));
        Assert.That(runs.Select(run => run.Seed).Distinct().Count(), Is.GreaterThan(runs.Length / 2));
    }

    /// <summary>Two that lose disks could lose a majority of them.</summary>
    [Test]
    public void No_run_loses_disks_in_two_ways()
        => Assert.That(
            Enumerable.Range(1, 2000).Select(new RunMix(7, Each, Names).Draw).Select(run => run.Nemeses.Count(name => name is "wipe" or "corrupt")),
            Has.All.LessThan(2));

    [Test]
    public void The_seed_decides_on_the_mixes()
    {
        string Draw(ulong seed)
            => string.Join(' ', Enumerable.Range(1, 50).Select(new RunMix(seed, Each, Names).Draw).Select(run => string.Join(',', run.Nemeses)));

        (string first, string again) = (Draw(7), Draw(7));
        Assert.That(again, Is.EqualTo(first));
        Assert.That(Draw(8), Is.Not.EqualTo(first));
    }

    [Test]
    public void A_campaign_is_as_bad_as_its_worst_run()
    {
        var sum = new CampaignSum { Seed = 1 };
        Assert.That(sum.Verdict, Is.EqualTo(RunVerdict.CouldNotTell), "nothing was run");
        sum = sum.With(Result(RunVerdict.Valid, leaderAfter: 1));
        Assert.That(sum.Verdict, Is.EqualTo(RunVerdict.Valid));
        sum = sum.With(Result(RunVerdict.CouldNotTell, leaderAfter: null));
        Assert.That(sum.Verdict, Is.EqualTo(RunVerdict.CouldNotTell));
        sum = sum.With(Result(RunVerdict.Invalid, leaderAfter: 3)).With(Result(RunVerdict.Valid, leaderAfter: 2));
        Assert.That(sum.Verdict, Is.EqualTo(RunVerdict.Invalid));
        Assert.That((sum.Runs, sum.Valid, sum.Operations["ok"], sum.Strikes["kill"], sum.LongestLeaderAfterS), Is.EqualTo((4, 2, 40L, 8L, 3.0)));
    }

    private static RunResult Result(RunVerdict verdict, double? leaderAfter) => new()
    {
        Verdict = verdict,
        Command = "",
        Operations = new Dictionary<string, long> { ["ok"] = 10 },
        AcknowledgedWrites = 5,
        Strikes = new Dictionary<string, int> { ["kill"] = 2 },
        Done = new Dictionary<string, int>(),
        Network = new RunNetwork(default, "", [], new Dictionary<string, long>()),
        Leaders = 1,
        Keys = 1,
        LeaderAfterS = leaderAfter,
        WallS = 1,
    };
}
