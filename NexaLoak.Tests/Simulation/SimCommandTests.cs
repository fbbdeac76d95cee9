using System.CommandLine;
using System.Text.Json;
using NexaLoak.Tests.Storage;
using NUnit.Framework;
using Raft.Jepsen.Checking;
using Raft.Jepsen.Commands;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Shrinking;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

[Parallelizable(ParallelScope.All)]
internal sealed class SimCommandTests
{
    [Test]
    public void The_last_line_of_json_sums_up_and_zero_means_no_failure()
    {
        (int code, string[] lines) = Run("sim", "--seeds", "3", "--start", "5", "--virtual", "2s", "--json");
        JsonElement sum = JsonDocument.Parse(lines[^1]).RootElement;
        Assert.That(code, Is.Zero);
        Assert.That((sum.GetProperty("seeds").GetInt64(), sum.GetProperty("failures").GetInt64()), Is.EqualTo((3L, 0L)));
        Assert.That(sum.GetProperty("steps").GetInt64(), Is.Positive);
        Assert.That(sum.GetProperty("virtual_s").GetDouble(), Is.GreaterThan(6));
        Assert.That(sum.GetProperty("wall_s").GetDouble(), Is.Positive);
        Assert.That(sum.GetProperty("trace_hash").GetString(), Has.Length.EqualTo(16));
    }

    [Test]
    public void A_failure_prints_the_property_the_events_and_a_replay_that_fails_alike()
    {
        (int code, string[] lines) = Run("sim", "--seeds", "1", "--virtual", "5s", "--mutant", "applied-before-commit");
        string[] replay = lines.Single(line => line.StartsWith("replay with: ", StringComparison.Ordinal)).Split(' ')[3..];
        Assert.That(lines, Has.Some.StartsWith("shrink with: raft-jepsen sim --shrink 0 "));
        Assert.That(code, Is.EqualTo(1));
        Assert.That(lines[0], Does.StartWith("seed 0 failed").And.Contain("S8"));
        Assert.That(lines.Count(line => line.StartsWith("  node ", StringComparison.Ordinal)), Is.Positive);

        (int again, string[] replayed) = Run(replay);
        Assert.That((again, replayed[0]), Is.EqualTo((1, lines[0])));
    }

    [Test]
    public void A_replay_writes_its_protocol_events()
    {
        using var folder = new TempDirectory();
        string file = Path.Combine(folder.Path, "trace.ndjson");
        (int code, _) = Run("sim", "--replay", "5", "--virtual", "1s", "--trace", file);
        string[] lines = File.ReadAllLines(file);
        Assert.That(code, Is.Zero);
        Assert.That(JsonDocument.Parse(lines[0]).RootElement.GetProperty("event").GetProperty("name").GetString(), Is.EqualTo("InitState"));
        Assert.That(lines, Has.Some.Contains("\"name\":\"BecomeLeader\""));
    }

    /// <summary>The simulator and <c>check</c> are of one mind: they have the history and the checkers in common.</summary>
    [TestCase(0, "--virtual", "3s")]
    [TestCase(1, "--virtual", "10s", "--mutant", "answered-when-appended", "--history-only")]
    public void A_replay_writes_the_history_of_its_clients_which_is_judged_alike_from_the_file(int verdict, params string[] options)
    {
        using var folder = new TempDirectory();
        string file = Path.Combine(folder.Path, "history.jsonl");
        (int code, string[] lines) = Run(["sim", "--replay", "0", "--workload", "append", "--history", file, .. options]);
        using TextReader reader = File.OpenText(file);
        History history = HistoryReader.Read(reader);
        Assert.That(code, Is.EqualTo(verdict), string.Join('\n', lines));
        Assert.That(history.Operations.Count(operation => operation.Outcome == Outcome.Ok), Is.GreaterThan(10));
        Assert.That(new HistoryChecker().Check(history).Verdict, Is.EqualTo(verdict == 0 ? Verdict.Valid : Verdict.Invalid));
    }

    [Test]
    public void A_trace_file_that_cannot_be_written_is_named_in_one_line()
    {
        using var folder = new TempDirectory();
        string file = Path.Combine(folder.Path, "missing", "trace.ndjson");
        (int code, string[] lines) = Run("sim", "--replay", "5", "--virtual", "1s", "--trace", file);
        Assert.That((code, lines.Length), Is.EqualTo((2, 1)));
        Assert.That(lines[0], Does.StartWith($"--trace {file}: "));
    }

    [Test]
    public void A_failure_is_made_small_and_its_file_fails_again()
    {
        using var folder = new TempDirectory();
        string file = Path.Combine(folder.Path, "scenario.json");
        string test = Path.Combine(folder.Path, "test.cs");
        string[] options = ["--virtual", "5s", "--mutant", "applied-before-commit", "--out", file, "--test-out", test];
        (int code, string[] lines) = Run(["sim", "--shrink", "1", .. options]);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(lines[^1], Is.EqualTo($"replay with: raft-jepsen sim --scenario {file}"));
        (int again, string[] replayed) = Run("sim", "--scenario", file);
        Assert.That(again, Is.EqualTo(1));
        Assert.That(replayed, Is.EqualTo(lines[1..^1]));
        Assert.That(File.ReadAllText(test), Is.EqualTo(TestSource.Of(Scenario.Parse(File.ReadAllText(file)))));
    }

    /// <summary>A run of a few milliseconds meets next to nothing.</summary>
    [Test]
    public void A_campaign_that_met_too_little_is_vacuous()
    {
        string[] campaign = ["sim", "--seeds", "1000", "--virtual", "5ms"];
        (int code, string[] lines) = Run(campaign);
        Assert.That(code, Is.Zero);
        Assert.That(lines, Has.Some.StartsWith("vacuous: DiskFailure was met 0 times, and at least 5 are wanted"));
        Assert.That(Run([.. campaign, "--require-occurrences"]).Code, Is.EqualTo(1));
    }

    [Test]
    public void A_file_that_is_no_scenario_is_a_mistake_of_the_user()
    {
        (int code, string[] lines) = Run("sim", "--scenario", typeof(SimCommandTests).Assembly.Location);
        Assert.That((code, lines.Length), Is.EqualTo((2, 1)));
        Assert.That(lines[0], Does.Contain("not a scenario"));
    }

    [Test]
    public void How_soon_a_planted_bug_is_found_is_measured()
    {
        string[] measure = ["mutants", "--measure", "--only", "applied-before-commit", "--repeats", "3", "--virtual", "5s"];
        (int code, string[] lines) = Run(measure);
        Assert.That(code, Is.Zero);
        Assert.That(lines[^1], Does.StartWith("| `applied-before-commit` |").And.EndsWith("| 3 of 3 |"));
        Assert.That(Run([.. measure, "--threads", "1"]).Lines, Is.EqualTo(lines));
    }

    [TestCase("sim", "--trace", "file", "--trace needs --replay")]
    [TestCase("sim", "--test-out", "file", "--test-out needs --shrink")]
    [TestCase("sim", "--history", "file", "--history needs --replay")]
    [TestCase("sim", "--history", "file", "--history needs --workload")]
    [TestCase("sim", "--history-only", "true", "--history-only needs --workload")]
    [TestCase("sim", "--workload", "none-such", "'none-such' not recognized")]
    [TestCase("sim", "--seeds", "0", "at least 1")]
    [TestCase("sim", "--threads", "0", "at least 1")]
    [TestCase("sim", "--scenario", "no-such-file", "no file 'no-such-file'")]
    [TestCase("mutants", "--only", "none-such", "no mutant 'none-such'")]
    [TestCase("sim", "--virtual", "soon", "not a duration")]
    [TestCase("sim", "--mutant", "none-such", "no mutant 'none-such'")]
    [TestCase("sim", "--replay", "minus", "minus")]
    public void Bad_options_are_explained(string command, string option, string value, string explanation)
    {
        ParseResult parsed = Root().Parse([command, option, value]);
        Assert.That(parsed.Errors.Select(error => error.Message), Has.Some.Contain(explanation));
    }

    [Test]
    public void The_mutants_are_listed()
    {
        (int code, string[] lines) = Run("mutants", "--json");
        Assert.That(code, Is.Zero);
        Assert.That(lines, Has.Length.GreaterThanOrEqualTo(10));
        Assert.That(JsonDocument.Parse(lines[0]).RootElement.GetProperty("name").GetString(), Is.Not.Empty);
    }

    private static RootCommand Root() => new() { SimCommand.Create(), MutantsCommand.Create() };

    private static (int Code, string[] Lines) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        int code = Root().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = output });
        return (code, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
