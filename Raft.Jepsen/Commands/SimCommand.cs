using System.CommandLine;
using Raft.Core.Tracing;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen sim</c>: runs simulated clusters, one a seed, and checks every step.</summary>
internal static class SimCommand
{
    private const int EventsPerNodeInReplay = 40;

    public static Command Create()
    {
        Option<long> seeds = CommonOptions.AtLeastOne("--seeds", "How many seeds to run.", 1000);
        var start = new Option<ulong>("--start") { Description = "The first seed.", DefaultValueFactory = _ => 0 };
        Option<TimeSpan> duration = CommonOptions.Virtual();
        Option<long> threads = CommonOptions.Threads();
        var replay = new Option<ulong?>("--replay") { Description = "Run this one seed and print its last events." };
        var trace = new Option<FileInfo?>("--trace") { Description = "With --replay: write the protocol events to this file, one JSON object a line." };
        var shrink = new Option<ulong?>("--shrink") { Description = "Run this one seed and make its failure as small as possible." };
        var output = new Option<string?>("--out") { Description = "File for the scenario that --shrink finds; scenario-SEED.json if not given." };
        var test = new Option<string?>("--test-out") { Description = "With --shrink: write the scenario to this file too, as a test in C#." };
        var scenario = new Option<string?>("--scenario") { Description = "Run the scenario in this file." };
        var mutant = new Option<string?>("--mutant") { Description = "Plant this bug first; 'raft-jepsen mutants' lists them." };
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line; the last one sums up." };
        var require = new Option<bool>("--require-occurrences")
        {
            Description = $"Fail too when a campaign of {Coverage.FewestSeeds} seeds or more met a situation too rarely to prove anything about it.",
        };
        mutant.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && MutantCatalog.Find(result.Tokens[0].Value) is null)
            {
                result.AddError($"There is no mutant '{result.Tokens[0].Value}'; 'raft-jepsen mutants' lists them.");
            }
        });
        scenario.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !File.Exists(result.Tokens[0].Value))
            {
                result.AddError($"There is no file '{result.Tokens[0].Value}'.");
            }
        });

        var command = new Command("sim", "Runs simulated clusters under faults, one a seed, and checks every step.")
        {
            seeds, start, duration, threads, replay, trace, shrink, output, test, scenario, mutant, json, require,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(trace) is not null && result.GetResult(replay) is null)
            {
                result.AddError("--trace needs --replay.");
            }

            if (result.GetResult(test) is not null && result.GetResult(shrink) is null)
            {
                result.AddError("--test-out needs --shrink.");
            }
        });
        command.SetAction(parsed =>
        {
            Mutant planted = parsed.GetValue(mutant) is { } name ? MutantCatalog.Find(name)! : Mutant.None;
            var options = new SimulationOptions((long)parsed.GetValue(duration).TotalMicroseconds, planted);
            TextWriter writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(trace) is { } traced && !WriteTrace(options, parsed.GetValue(replay)!.Value, traced, parsed.InvocationConfiguration.Error))
            {
                return 2;
            }

            if (parsed.GetValue(scenario) is { } file)
            {
                return ScenarioReport.Run(file, writer, parsed.InvocationConfiguration.Error);
            }

            if (parsed.GetValue(shrink) is { } failing)
            {
                string target = parsed.GetValue(output) ?? $"scenario-{failing}.json";
                return ScenarioReport.Shrink(failing, options, target, parsed.GetValue(test), writer);
            }

            var report = new CampaignReport(options, parsed.GetValue(json), writer);
            return parsed.GetValue(replay) is { } seed
                ? report.Replay(seed, EventsPerNodeInReplay)
                : report.Run(parsed.GetValue(start), parsed.GetValue(seeds), (int)parsed.GetValue(threads), parsed.GetValue(require));
        });
        return command;
    }

    private static bool WriteTrace(SimulationOptions options, ulong seed, FileInfo file, TextWriter errors)
    {
        try
        {
            using var protocol = new NdjsonRaftTrace(new BufferedStream(file.Create()));
            new SeedCampaign(options).Trace(seed, protocol);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"--trace {file}: {failure.Message}");
            return false;
        }
    }
}
