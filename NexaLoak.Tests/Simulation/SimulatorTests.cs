using NUnit.Framework;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

/// <summary>The simulator finds nothing in the core, finds what is planted, and does the same thing twice.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SimulatorTests
{
    private const long OneMinute = 60_000_000;

    private static IEnumerable<string> AllMutants => MutantCatalog.All.Select(mutant => mutant.Name);

    /// <summary>A thousand hours of a cluster's life take less than a minute; a campaign of a night has millions of seeds.</summary>
    [Test]
    public void The_core_keeps_every_property_and_meets_every_situation_in_1000_seeds()
    {
        SeedCampaign campaign = Run(start: 0, seeds: 1000);
        Assert.That(campaign.Failures.Select(failure => $"seed {failure.Seed}: {failure.Failure!.Message}"), Is.Empty);
        Assert.That(campaign.Steps, Is.GreaterThan(20_000_000));
        Assert.That(Coverage.TooRare(campaign), Is.Empty);
    }

    /// <summary>
    /// A voter whose log the new leader had cut, and which got that leader's request for its vote once more: a false alarm; the last acknowledgements of a
    /// slow node, counted as traffic of an idle cluster: another; bad luck in seven elections: a third; a spare that had been told of
    /// a change which came to nothing: a fourth; old reports of gaps in a snapshot, each of which had
    /// everything sent again: a bug.
    /// </summary>
    [TestCase(10_084_467UL, 20_000_000)]
    [TestCase(20_028_093UL, 20_000_000)]
    [TestCase(20_087_811UL, 20_000_000)]
    [TestCase(20_095_348UL, 20_000_000)]
    [TestCase(30_247_042UL, 20_000_000)]
    [TestCase(32_977_140UL, 20_000_000)]
    public void A_seed_that_failed_in_a_campaign_holds(ulong seed, long duration)
    {
        var counters = new long[Enum.GetValues<Occurrence>().Length];
        SimulationResult result = new SimulatedCluster(seed, new SimulationOptions(duration, Mutant.None), counters).Run();
        Assert.That(result.Failure, Is.Null);
    }

    [TestCaseSource(nameof(AllMutants))]
    public void A_planted_bug_is_found(string name)
    {
        Mutant mutant = MutantCatalog.Find(name)!;
        var campaign = new SeedCampaign(new SimulationOptions(OneMinute, mutant));
        long? needed = campaign.RunUntil(result => result.Failure is not null, start: 0, seeds: 1000, threads: 1);
        Assert.That(needed, Is.Not.Null);
        Assert.That(mutant.IsFoundBy(campaign.Failures[0]), Is.True, campaign.Failures[0].Failure!.Property);
    }

    [Test]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        SeedCampaign first = Run(start: 7000, seeds: 40);
        SeedCampaign second = Run(start: 7000, seeds: 40, threads: 1);
        SeedCampaign other = Run(start: 7001, seeds: 40);
        Assert.That((second.TraceHash, second.Steps), Is.EqualTo((first.TraceHash, first.Steps)));
        Assert.That(other.TraceHash, Is.Not.EqualTo(first.TraceHash));
    }

    /// <summary>Whoever replays a failure sees the run that failed.</summary>
    [Test]
    public void A_trace_keeps_the_last_events_and_does_not_change_the_run()
    {
        var options = new SimulationOptions(OneMinute / 10, Mutant.None);
        var counters = new long[Enum.GetValues<Occurrence>().Length];
        EventTrace? trace = null;
        SimulationResult traced = new SimulatedCluster(3, options, counters, nodes => trace = new EventTrace(nodes, perNode: 5)).Run();
        SimulationResult plain = new SimulatedCluster(3, options, counters).Run();
        Assert.That(traced, Is.EqualTo(plain));
        Assert.That(trace!.All.GroupBy(line => line.Node).Select(node => node.Count()), Has.All.AtMost(5).And.Some.EqualTo(5));
    }

    private static SeedCampaign Run(ulong start, long seeds, int threads = 2)
    {
        var campaign = new SeedCampaign(new SimulationOptions(OneMinute, Mutant.None));
        Assert.That(campaign.Run(start, seeds, threads).Count(), Is.EqualTo(seeds));
        return campaign;
    }
}
