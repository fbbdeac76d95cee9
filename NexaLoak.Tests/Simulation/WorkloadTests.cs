using NUnit.Framework;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Shrinking;
using Raft.Jepsen.Simulation;
using Raft.Jepsen.Workloads;

namespace NexaLoak.Tests.Simulation;

/// <summary>The clients and checkers of real processes, with simulated ones.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class WorkloadTests
{
    private const long TwentySeconds = 20_000_000;

    [Test]
    public void Clients_see_nothing_wrong_and_much_that_is_right([Values] Workload workload)
    {
        SeedCampaign campaign = Run(new SimulationOptions(TwentySeconds, Mutant.None) { Workload = workload }, start: 500, seeds: 6, threads: 2);
        Assert.That(campaign.Failures.Select(failure => $"seed {failure.Seed}: {failure.Failure!.Message}"), Is.Empty);
        Assert.That((campaign.Histories.Judged, campaign.Histories.Undecided), Is.EqualTo((6, 0)));
        Assert.That(campaign.Histories.OperationsOf(Outcome.Ok), Is.GreaterThan(300));
        Assert.That(campaign.Histories.OperationsOf(Outcome.Unknown), Is.GreaterThan(10), "what nobody knows of stays unknown");
    }

    [Test]
    public void The_same_seed_gives_the_same_run_on_any_number_of_threads([Values] Workload workload)
    {
        var options = new SimulationOptions(TwentySeconds / 2, Mutant.None) { Workload = workload };
        SeedCampaign first = Run(options, start: 700, seeds: 5, threads: 1);
        SeedCampaign second = Run(options, start: 700, seeds: 5, threads: 2);
        SeedCampaign other = Run(options, start: 701, seeds: 5, threads: 2);
        Assert.That((second.TraceHash, second.Steps, second.VirtualMicroseconds), Is.EqualTo((first.TraceHash, first.Steps, first.VirtualMicroseconds)));
        Assert.That(other.TraceHash, Is.Not.EqualTo(first.TraceHash));
    }

    /// <summary>No step counts here, only what clients saw, and without the bug they see nothing wrong in the same seeds.</summary>
    [TestCase("answered-when-appended", Workload.Append, 0UL, "H linearizable lists")]
    [TestCase("unknown-called-failed", Workload.Append, 0UL, "H linearizable lists")]
    [TestCase("own-entries-before-durable", Workload.Append, 47UL, "H linearizable lists")]
    [TestCase("ack-before-durable", Workload.Append, 102UL, "H linearizable lists")]
    [TestCase("read-without-round", Workload.Register, 11UL, "H linearizable")]
    [TestCase("served-before-applied", Workload.Register, 1UL, "H linearizable registers")]
    [TestCase("stale-read-past-bound", Workload.Register, 38UL, "H stale reads")]
    [TestCase("answered-when-appended", Workload.Bank, 12UL, "H bank balances")]
    [TestCase("retry-carried-out", Workload.Session, 0UL, "H linearizable lists")]
    [TestCase("sessions-not-in-snapshot", Workload.Session, 0UL, "H linearizable lists")]
    public void The_checkers_find_a_planted_bug_by_what_clients_saw(string mutant, Workload workload, ulong start, string property)
    {
        const int Seeds = 5;
        var options = new SimulationOptions(TwentySeconds, MutantCatalog.Find(mutant)!) { Workload = workload, HistoryOnly = true };
        var campaign = new SeedCampaign(options);
        long? needed = campaign.RunUntil(
            result => result.Failure?.Property.StartsWith(property, StringComparison.Ordinal) == true, start, Seeds, threads: 1);
        Assert.That(needed, Is.Not.Null, string.Join('\n', campaign.Failures.Select(failure => failure.Failure!.Property)));
        Assert.That(Run(options with { Mutant = Mutant.None }, start, needed!.Value, threads: 1).Failures, Is.Empty);
    }

    /// <summary>Requests are drawn from the seed and stay; faults, nodes and settings go.</summary>
    [Test]
    public void What_clients_saw_is_shrunk_like_any_other_failure()
    {
        var options = new SimulationOptions(TwentySeconds / 4, MutantCatalog.Find("retry-carried-out")!) { Workload = Workload.Session, HistoryOnly = true };
        Scenario recorded = Scenario.Record(0, options)!;
        Scenario shrunk = Shrinker.Shrink(recorded);
        SimulationResult again = Scenario.Parse(shrunk.ToJson()).Run();
        Assert.That((again.Failure?.Property, shrunk.Workload), Is.EqualTo((recorded.Property, Workload.Session)));
        Assert.That(shrunk.Faults, Has.Count.LessThan(recorded.Faults.Count));
        Assert.That(shrunk.Duration, Is.LessThan(recorded.Duration));
    }

    /// <summary>Otherwise a run that is not repeatable would show only now and then.</summary>
    [Test]
    public void Nobody_waits_for_virtual_time_on_another_thread()
    {
        var time = new VirtualTime(new Scheduler(tieKey: 0));
        Assert.That(() => time.In(1, () => { }), Throws.Nothing);
        Assert.That(async () => await Task.Run(() => time.In(1, () => { })), Throws.InvalidOperationException);
    }

    [Test]
    public void A_timer_of_virtual_time_fires_once_when_it_is_due_unless_it_was_called_off()
    {
        var scheduler = new Scheduler(tieKey: 0);
        var time = new VirtualTime(scheduler);
        var fired = new List<(string, long)>();
        using ITimer early = Timer("early", 300);
        using ITimer late = Timer("late", 700);
        Timer("called off", 500).Dispose();
        late.Change(TimeSpan.FromMicroseconds(900), Timeout.InfiniteTimeSpan);
        while (scheduler.TryNext(out SimulationEvent next))
        {
            time.Fire(next.Argument);
        }

        Assert.That(fired, Is.EqualTo(new[] { ("early", 300L), ("late", 900L) }));

        ITimer Timer(string name, long microseconds) => time.CreateTimer(
            _ => fired.Add((name, time.Now)), null, TimeSpan.FromMicroseconds(microseconds), Timeout.InfiniteTimeSpan);
    }

    private static SeedCampaign Run(SimulationOptions options, ulong start, long seeds, int threads)
    {
        var campaign = new SeedCampaign(options);
        Assert.That(campaign.Run(start, seeds, threads).Count(), Is.EqualTo(seeds));
        return campaign;
    }
}
