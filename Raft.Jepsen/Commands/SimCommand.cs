using System.CommandLine;
using System.CommandLine.Parsing;
using Raft.Core.Tracing;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen sim</c>: runs simulated clusters, one a seed, and checks every step.</summary>
internal static class SimCommand
{
    private const int EventsPerNodeInReplay = 40;

    private static readonly Option<long> Seeds = CommonOptions.AtLeastOne("--seeds", "How many seeds to run.", 1000);
    private static readonly Option<ulong> Start = new("--start") { Description = "The first seed.", DefaultValueFactory = _ => 0 };
    private static readonly Option<TimeSpan> Duration = CommonOptions.Virtual();
    private static readonly Option<long> Threads = CommonOptions.Threads();
    private static readonly Option<string?> Work = new("--workload")
    {
        Description = "Have clients ask a replicated store, as 'raft-jepsen run' does, and judge what they saw by the same checkers too.",
        HelpName = string.Join('|', CommonOptions.Workloads),
    };
    private static readonly Option<bool> HistoryOnly = new("--history-only")
    {
        Description = "With --workload: let no step count, only what clients saw, as where processes are real.",
    };
    private static readonly Option<ulong?> Replay = new("--replay") { Description = "Run this one seed and print its last events." };
    private static readonly Option<FileInfo?> Trace = new("--trace")
    {
        Description = "With --replay: write the protocol events to this file, one JSON object a line.",
    };
    private static readonly Option<FileInfo?> HistoryFile = new("--history")
    {
        Description = "With --replay and --workload: write the history of the clients to this file, for 'raft-jepsen check'.",
    };
    private static readonly Option<ulong?> Shrink = new("--shrink") { Description = "Run this one seed and make its failure as small as possible." };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "File for the scenario that --shrink finds; scenario-SEED.json if not given.",
    };
    private static readonly Option<string?> TestOut = new("--test-out")
    {
        Description = "With --shrink: write the scenario to this file too, as a test in C#.",
    };
    private static readonly Option<string?> ScenarioFile = new("--scenario") { Description = "Run the scenario in this file." };
    private static readonly Option<string?> Planted = new("--mutant") { Description = "Plant this bug first; 'raft-jepsen mutants' lists them." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON, one object a line; the last one sums up." };
    private static readonly Option<bool> Require = new("--require-occurrences")
    {
        Description = $"Fail too when a campaign of {Coverage.FewestSeeds} seeds or more met a situation too rarely to prove anything about it.",
    };

    public static Command Create()
    {
        Work.AcceptOnlyFromAmong(CommonOptions.Workloads);
        var command = new Command("sim", "Runs simulated clusters under faults, one a seed, and checks every step.")
        {
            Seeds, Start, Duration, Threads, Work, HistoryOnly, Replay, Trace, HistoryFile, Shrink, Out, TestOut, ScenarioFile, Planted, Json, Require,
        };
        command.Validators.Add(Validate);
        command.SetAction(Run);
        return command;
    }

    private static void Validate(CommandResult result)
    {
        Demand(Trace, Replay);
        Demand(HistoryFile, Replay);
        Demand(HistoryFile, Work);
        Demand(HistoryOnly, Work);
        Demand(TestOut, Shrink);
        if (result.GetResult(Planted) is { Tokens: [var mutant] } && MutantCatalog.Find(mutant.Value) is null)
        {
            result.AddError($"There is no mutant '{mutant.Value}'; 'raft-jepsen mutants' lists them.");
        }

        if (result.GetResult(ScenarioFile) is { Tokens: [var file] } && !File.Exists(file.Value))
        {
            result.AddError($"There is no file '{file.Value}'.");
        }

        void Demand(Option given, Option needed)
        {
            if (result.GetResult(given) is { Implicit: false } && result.GetResult(needed) is null)
            {
                result.AddError($"{given.Name} needs {needed.Name}.");
            }
        }
    }

    private static int Run(ParseResult parsed)
    {
        (TextWriter output, TextWriter errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var options = new SimulationOptions(
            (long)parsed.GetValue(Duration).TotalMicroseconds, parsed.GetValue(Planted) is { } name ? MutantCatalog.Find(name)! : Mutant.None)
        {
            Workload = parsed.GetValue(Work) is { } workload ? Enum.Parse<Workload>(workload, ignoreCase: true) : null,
            HistoryOnly = parsed.GetValue(HistoryOnly),
        };
        if (parsed.GetValue(ScenarioFile) is { } file)
        {
            return ScenarioReport.Run(file, output, errors);
        }

        if (parsed.GetValue(Shrink) is { } failing)
        {
            string target = parsed.GetValue(Out) ?? $"scenario-{failing}.json";
            return ScenarioReport.Shrink(failing, options, target, parsed.GetValue(TestOut), output);
        }

        var report = new CampaignReport(options, parsed.GetValue(Json), output);
        if (parsed.GetValue(Replay) is not { } seed)
        {
            return report.Run(parsed.GetValue(Start), parsed.GetValue(Seeds), (int)parsed.GetValue(Threads), parsed.GetValue(Require));
        }

        return WriteTrace(options, seed, parsed.GetValue(Trace), errors) && WriteHistory(options, seed, parsed.GetValue(HistoryFile), errors)
            ? report.Replay(seed, EventsPerNodeInReplay)
            : 2;
    }

    private static bool WriteTrace(SimulationOptions options, ulong seed, FileInfo? file, TextWriter errors) => Write(Trace, file, errors, stream =>
    {
        using var protocol = new NdjsonRaftTrace(new BufferedStream(stream));
        SeedCampaign.Rerun(seed, options with { ProtocolTrace = protocol });
    });

    private static bool WriteHistory(SimulationOptions options, ulong seed, FileInfo? file, TextWriter errors)
        => Write(HistoryFile, file, errors, stream =>
        {
            using var buffered = new BufferedStream(stream);
            using var writer = new HistoryWriter(buffered);
            SeedCampaign.Rerun(seed, options with { HistorySink = events => events.ToList().ForEach(writer.Write) });
        });

    private static bool Write(Option<FileInfo?> option, FileInfo? file, TextWriter errors, Action<Stream> write)
    {
        try
        {
            if (file is not null)
            {
                using Stream stream = file.Create();
                write(stream);
            }

            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{option.Name} {file}: {failure.Message}");
            return false;
        }
    }
}
