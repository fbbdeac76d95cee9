using NUnit.Framework;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Shrinking;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

[Parallelizable(ParallelScope.All)]
internal sealed class ShrinkerTests
{
    private const int FewFaults = 12;

    /// <summary>Listing what was drawn changes nothing.</summary>
    [TestCase("vote-for-any-log")]
    [TestCase("next-never-goes-back")]
    [TestCase("full-disk-ignored")]
    [TestCase("middle-cut-silently")]
    [TestCase("wiped-node-votes")]
    [TestCase("stale-read-past-bound")]
    public void A_recorded_run_fails_as_the_run_did(string mutant)
    {
        (SimulationResult original, Scenario recorded) = Fail(mutant);
        SimulationResult replayed = recorded.Run();
        Assert.That(
            (replayed.Failure!.Message, replayed.VirtualMicroseconds),
            Is.EqualTo((original.Failure!.Message, original.VirtualMicroseconds)));
        Assert.That(Scenario.Parse(recorded.ToJson()).Run(), Is.EqualTo(replayed).Using<SimulationResult>(SameRun));
    }

    /// <summary>What is left fails again from its file, for the same reason.</summary>
    [TestCase("vote-forgotten")]
    [TestCase("read-without-round")]
    [TestCase("leader-ignores-higher-term")]
    public void A_failure_becomes_a_small_scenario(string mutant)
    {
        (SimulationResult original, Scenario recorded) = Fail(mutant, moreFaultsThan: FewFaults);
        Scenario shrunk = Shrinker.Shrink(recorded);
        SimulationResult again = Scenario.Parse(shrunk.ToJson()).Run();
        Assert.That(again.Failure?.Property, Is.EqualTo(original.Failure!.Property));
        Assert.That(again.VirtualMicroseconds, Is.EqualTo(shrunk.Until));
        Assert.That(shrunk.Faults, Has.Count.LessThanOrEqualTo(FewFaults));
        Assert.That(shrunk.Operations, Has.Count.LessThan(recorded.Operations.Count));
    }

    /// <summary>A node is left out together with the changes of the membership that name it.</summary>
    [TestCase("change-before-own-commit")]
    [TestCase("configuration-in-force-at-commit")]
    public void A_scenario_names_no_node_that_was_left_out(string mutant)
    {
        (_, Scenario recorded) = Fail(mutant);
        Scenario shrunk = Shrinker.Shrink(recorded);
        Assert.That(
            shrunk.Operations.SelectMany(operation => operation.Changes ?? []).Select(change => change.Node),
            Has.All.LessThanOrEqualTo(shrunk.Plan.Nodes));
    }

    [Test]
    public void A_cause_is_read_as_it_is_written()
    {
        foreach (string text in new[] { "time:CrashAll:17", "moment:BecameLeader:3:2", "ready:2:900", "end:5" })
        {
            Assert.That(FaultCause.Parse(text).ToString(), Is.EqualTo(text));
        }

        Assert.That(() => FaultCause.Parse("time:Nonsense:1"), Throws.TypeOf<FormatException>());
        Assert.That(() => Link.Parse("1-2"), Throws.TypeOf<FormatException>());
    }

    /// <summary>A run without the planted bug keeps the property, so the scenario shows the bug and nothing else.</summary>
    [Test]
    public void Without_the_bug_a_shrunk_scenario_breaks_nothing()
    {
        (_, Scenario recorded) = Fail("own-entries-before-durable");
        Assert.That((Shrinker.Shrink(recorded) with { Mutant = null }).Run().Failure, Is.Null);
    }

    private static bool SameRun(SimulationResult one, SimulationResult other)
        => one.TraceHash == other.TraceHash && one.Steps == other.Steps;

    /// <summary>The first failure that took more than so many faults.</summary>
    private static (SimulationResult Result, Scenario Recorded) Fail(string name, int moreFaultsThan = -1)
    {
        var options = new SimulationOptions(60_000_000, MutantCatalog.Find(name)!);
        Scenario? recorded = null;
        var campaign = new SeedCampaign(options);
        long? needed = campaign.RunUntil(
            result => result.Failure is not null && (recorded = Scenario.Record(result.Seed, options))!.Faults.Count > moreFaultsThan,
            start: 0,
            seeds: 200,
            threads: 1);
        Assert.That(needed, Is.Not.Null);
        return (campaign.Failures[^1], recorded!);
    }
}
