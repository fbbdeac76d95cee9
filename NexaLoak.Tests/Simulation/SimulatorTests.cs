using NUnit.Framework;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

/// <summary>The simulator finds nothing in the core, finds what is planted, and does the same thing twice.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SimulatorTests
{
    private const long OneMinute = 60_000_000;

    private static IEnumerable<string> CheapMutants => MutantCatalog.All.Select(mutant => mutant.Name).Where(name
        => name != "old-acks-counted");

    [Test]
    public void The_core_keeps_every_property([Range(0, 3)] int batch)
    {
        SeedCampaign campaign = Run(Mutant.None, start: (ulong)batch * 50, seeds: 50);
        Assert.That(campaign.Failures.Select(failure => $"seed {failure.Seed}: {failure.Failure!.Message}"), Is.Empty);
        Assert.That(campaign.Steps, Is.GreaterThan(500_000));
    }

    /// <summary>A simulation that meets no trouble proves nothing.</summary>
    [Test]
    public void Every_situation_worth_meeting_is_met()
    {
        SeedCampaign campaign = Run(Mutant.None, start: 1000, seeds: 60);
        Assert.That(Enum.GetValues<Occurrence>().Where(occurrence => campaign.OccurrencesOf(occurrence) < 10), Is.Empty);
    }

    [TestCaseSource(nameof(CheapMutants))]
    public void A_planted_bug_is_found(string name)
    {
        Mutant mutant = MutantCatalog.Find(name)!;
        var campaign = new SeedCampaign(new SimulationOptions(OneMinute, mutant));
        for (ulong seed = 0; seed < 200 && campaign.Failures.Count == 0; seed++)
        {
            campaign.Run(seed);
        }

        Assert.That(campaign.Failures, Is.Not.Empty);
        string property = campaign.Failures[0].Failure!.Property;
        Assert.That(mutant.Properties.Any(expected => property.StartsWith(expected, StringComparison.Ordinal)), Is.True, property);
    }

    [Test]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        SeedCampaign first = Run(Mutant.None, start: 7000, seeds: 40);
        SeedCampaign second = Run(Mutant.None, start: 7000, seeds: 40);
        SeedCampaign other = Run(Mutant.None, start: 7001, seeds: 40);
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
        SimulationResult traced = new SimulatedCluster(3, options, counters, nodes => trace = new EventTrace(nodes, perNode: 5)).Run(3);
        SimulationResult plain = new SimulatedCluster(3, options, counters).Run(3);
        Assert.That(traced, Is.EqualTo(plain));
        Assert.That(trace!.All.GroupBy(line => line.Node).Select(node => node.Count()), Is.All.EqualTo(5));
    }

    private static SeedCampaign Run(Mutant mutant, ulong start, int seeds)
    {
        var campaign = new SeedCampaign(new SimulationOptions(OneMinute, mutant));
        for (int i = 0; i < seeds; i++)
        {
            campaign.Run(start + (ulong)i);
        }

        return campaign;
    }
}
