using System.Text.Json.Nodes;
using NexaLoak.Tests.Core.Scripting;
using NexaLoak.Tests.Simulation.Scenarios;
using NUnit.Framework;
using Raft.Jepsen.Shrinking;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

/// <summary>Tests that are written for failing seeds. One of them stands among the sources, so that the build itself shows that they compile.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class TestSourceTests
{
    [Test]
    public void A_planted_bug_becomes_the_test_that_stands_among_the_sources()
    {
        string file = File.ReadAllText(PathOf(nameof(Seed1WithAppliedBeforeCommitTests)));
        Scenario scenario = ScenarioIn(file);
        string source = TestSource.Of(scenario);
        Assert.That(TestSource.ClassName(scenario), Is.EqualTo(nameof(Seed1WithAppliedBeforeCommitTests)));
        Assert.That(WithoutScenario(source), Is.EqualTo(WithoutScenario(file)));
        Assert.That(ScenarioIn(source).Run().Failure?.Property, Is.EqualTo(scenario.Property));
    }

    [Test]
    public void A_bug_that_nobody_planted_becomes_a_test_that_fails_while_it_is_there()
    {
        Scenario planted = ScenarioIn(File.ReadAllText(PathOf(nameof(Seed1WithAppliedBeforeCommitTests))));
        string[] lines = TestSource.Of(planted with { Mutant = null, Property = "L9 commits in spite of a cut link" }).Split('\n');
        Assert.That(lines, Does.Contain("/// <summary>Seed 1 broke L9 commits in spite of a cut link.</summary>"));
        Assert.That(lines, Does.Contain("internal sealed class Seed1Tests"));
        Assert.That(
            lines[^3],
            Is.EqualTo("    public void L9_commits_in_spite_of_a_cut_link() => Assert.That(Scenario.Parse(Json).Run().Failure?.Message, Is.Null);"));
    }

    /// <summary>A test that is kept shall not need to be written again for each new setting of plans.</summary>
    [Test]
    public void A_setting_that_came_after_a_scenario_has_its_plain_value()
    {
        Scenario scenario = ScenarioIn(File.ReadAllText(PathOf(nameof(Seed1WithAppliedBeforeCommitTests))));
        JsonObject older = JsonNode.Parse(scenario.ToJson())!.AsObject();
        Assert.That(older["Plan"]!.AsObject().Remove("LinkDelay") && older["Plan"]!.AsObject().Remove("Sessions"));
        Assert.That(Scenario.Parse(older.ToJsonString()).Run().TraceHash, Is.EqualTo(scenario.Run().TraceHash));
    }

    private static string PathOf(string name)
        => Path.Combine(ScriptFiles.Folder, "..", "..", nameof(Simulation), nameof(Scenarios), name + ".cs");

    private static Scenario ScenarioIn(string source) => Scenario.Parse(source.Split("\"\"\"")[1]);

    private static string WithoutScenario(string source) => string.Join("\"\"\"", source.Split("\"\"\"").Where((_, i) => i != 1));
}
