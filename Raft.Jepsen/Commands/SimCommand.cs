using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Raft.Core.Tracing;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen sim</c>: runs simulated clusters, one a seed, and checks every step.</summary>
internal static class SimCommand
{
    private const int EventsPerNode = 12;
    private const int EventsPerNodeInReplay = 40;

    public static Command Create()
    {
        var seeds = new Option<long>("--seeds") { Description = "How many seeds to run.", DefaultValueFactory = _ => 1000 };
        var start = new Option<ulong>("--start") { Description = "The first seed.", DefaultValueFactory = _ => 0 };
        var duration = new Option<TimeSpan>("--virtual")
        {
            Description = "Virtual time with faults, such as 60s; healing comes on top.",
            CustomParser = DurationParser.Parse,
            DefaultValueFactory = _ => TimeSpan.FromSeconds(60),
        };
        var replay = new Option<ulong?>("--replay") { Description = "Run this one seed and print its last events." };
        var trace = new Option<FileInfo?>("--trace") { Description = "With --replay: write the protocol events to this file, one JSON object a line." };
        var mutant = new Option<string?>("--mutant") { Description = "Plant this bug first; 'raft-jepsen mutants' lists them." };
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line; the last one sums up." };
        seeds.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && long.TryParse(result.Tokens[0].Value, out long count) && count < 1)
            {
                result.AddError("--seeds must be at least 1.");
            }
        });
        mutant.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && MutantCatalog.Find(result.Tokens[0].Value) is null)
            {
                result.AddError($"There is no mutant '{result.Tokens[0].Value}'; 'raft-jepsen mutants' lists them.");
            }
        });

        var command = new Command("sim", "Runs simulated clusters under faults, one a seed, and checks every step.")
        {
            seeds, start, duration, replay, trace, mutant, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(trace) is not null && result.GetResult(replay) is null)
            {
                result.AddError("--trace needs --replay.");
            }
        });
        command.SetAction(parsed =>
        {
            Mutant planted = parsed.GetValue(mutant) is { } name ? MutantCatalog.Find(name)! : Mutant.None;
            var options = new SimulationOptions((long)parsed.GetValue(duration).TotalMicroseconds, planted);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(trace) is { } file && !WriteTrace(options, parsed.GetValue(replay)!.Value, file, parsed.InvocationConfiguration.Error))
            {
                return 2;
            }

            return parsed.GetValue(replay) is { } seed
                ? Run(options, seed, 1, EventsPerNodeInReplay, parsed.GetValue(json), output)
                : Run(options, parsed.GetValue(start), parsed.GetValue(seeds), 0, parsed.GetValue(json), output);
        });
        return command;
    }

    private static int Run(SimulationOptions options, ulong start, long seeds, int events, bool json, TextWriter output)
    {
        var campaign = new SeedCampaign(options);
        for (ulong seed = start; campaign.Seeds < seeds; seed++)
        {
            SimulationResult result = campaign.Run(seed);
            if (result.Failure is not null)
            {
                ReportFailure(campaign, options, result, json, output);
            }

            if (events > 0)
            {
                PrintEvents(campaign.Trace(seed, events), output, json);
            }
        }

        Summarize(campaign, json, output);
        return campaign.Failures.Count == 0 ? 0 : 1;
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

    private static void ReportFailure(
        SeedCampaign campaign, SimulationOptions options, SimulationResult result, bool json, TextWriter output)
    {
        string replay = $"raft-jepsen sim --replay {result.Seed} --virtual {options.Duration / 1000}ms"
            + (options.Mutant == Mutant.None ? "" : $" --mutant {options.Mutant.Name}");
        if (json)
        {
            (string property, string detail) = (result.Failure!.Property, result.Failure.Detail);
            output.WriteLine(JsonSerializer.Serialize(new { @event = "failure", seed = result.Seed, property, detail, replay }));
            return;
        }

        string after = Seconds(result.VirtualMicroseconds);
        output.WriteLine($"seed {result.Seed} failed after {after} virtual seconds: {result.Failure!.Message}");
        PrintEvents(campaign.Trace(result.Seed, EventsPerNode), output, json);
        output.WriteLine($"replay with: {replay}");
    }

    private static void PrintEvents(EventTrace trace, TextWriter output, bool json)
    {
        foreach ((int node, string what) in trace.All)
        {
            output.WriteLine(json ? JsonSerializer.Serialize(new { @event = "trace", node, what }) : $"  node {node}  {what}");
        }
    }

    private static void Summarize(SeedCampaign campaign, bool json, TextWriter output)
    {
        string hash = campaign.TraceHash.ToString("x16", CultureInfo.InvariantCulture);
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                seeds = campaign.Seeds,
                failures = campaign.Failures.Count,
                steps = campaign.Steps,
                virtual_s = Math.Round(campaign.VirtualMicroseconds / 1e6, 3),
                wall_s = Math.Round(campaign.Elapsed.TotalSeconds, 3),
                trace_hash = hash,
                occurrences = Enum.GetValues<Occurrence>().ToDictionary(o => o.ToString(), campaign.OccurrencesOf),
            }));
            return;
        }

        foreach (Occurrence occurrence in Enum.GetValues<Occurrence>())
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {campaign.OccurrencesOf(occurrence),14:N0}  {occurrence}"));
        }

        double wall = Math.Max(campaign.Elapsed.TotalSeconds, 1e-6);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{campaign.Seeds} seeds, {campaign.Failures.Count} failures; {campaign.Steps:N0} steps, {campaign.Steps / wall:N0} a second; "
                + $"{Seconds(campaign.VirtualMicroseconds)} virtual seconds in {wall:F1} s; trace hash {hash}"));
    }

    private static string Seconds(long microseconds) => (microseconds / 1e6).ToString("F3", CultureInfo.InvariantCulture);
}
