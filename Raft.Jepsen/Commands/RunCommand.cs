using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Raft.Jepsen.Running;
using Raft.Jepsen.Running.Nemeses;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen run</c>: a cluster of real processes under load and faults, and a verdict.</summary>
internal static class RunCommand
{
    private const int FewestNodes = 1, MostNodes = 9, MostClients = 200, MostRate = 100_000, MostProblems = 5;

    private static readonly string[] Networks = [.. Enum.GetNames<NetworkKind>().Select(name => name.ToLowerInvariant())];

    private static readonly string[] TargetKinds = [.. Enum.GetNames<TargetKind>().Select(name => name.ToLowerInvariant())];

    private static readonly Option<long> Nodes = Bounded("--nodes", "Members of the cluster.", 3, FewestNodes, MostNodes);
    private static readonly Option<TimeSpan> Time =
        CommonOptions.Duration("--time", "For how long clients work and faults happen.", TimeSpan.FromSeconds(20));
    private static readonly Option<string> Work = new("--workload")
    {
        Description = "What clients ask for.", HelpName = string.Join('|', CommonOptions.Workloads), DefaultValueFactory = _ => CommonOptions.Workloads[^1],
    };
    private static readonly Option<long> Concurrency = Bounded("--concurrency", "Clients at a time.", 10, 1, MostClients);
    private static readonly Option<long> Rate = Bounded("--rate", "Requests a second that all clients together try for.", 200, 1, MostRate);
    private static readonly Option<string> Network = new("--network")
    {
        Description = "What connects the nodes: a network namespace for each and a packet switch, which needs root and can do anything to packets; loopback "
            + "with proxies, which can't lose or change them; or the first if it is possible.",
        HelpName = string.Join('|', Networks),
        DefaultValueFactory = _ => Networks[0],
    };
    private static readonly Option<string[]> Nemeses = new("--nemesis")
    {
        Description = "Faults, one or several with commas between them.",
        HelpName = string.Join(',', NemesisCatalog.Names),
        CustomParser = ParseNemeses,
    };
    private static readonly Option<long?> Rounds = new("--rounds")
    {
        Description = "In the place of --time and --nemesis: kill one node, a majority or all, start them again, and go on once enough changes are "
            + "acknowledged again, as often as this says.",
        HelpName = "N",
    };
    private static readonly Option<string?> Target = new("--target")
    {
        Description = "Whom each of the rounds kills; drawn anew for each if not given.", HelpName = string.Join('|', TargetKinds),
    };
    private static readonly Option<bool> CutPower = new("--cut-power")
    {
        Description = "Let the rounds cut the power of the nodes' disks, too: what was not synced is lost. Needs root and loop devices.",
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "New folder for history, logs and results; run-SEED if not given.", HelpName = "DIR",
    };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Decides on faults and requests; drawn if not given.", HelpName = "SEED" };
    private static readonly Option<TimeSpan?> LeaderWithin = CommonOptions.LeaderWithin();
    private static readonly Option<bool> Json = new("--json") { Description = "Print nothing but the result, as one JSON object." };
    private static readonly Option<bool> KeepData = new("--keep-data") { Description = "Keep the data folders of the nodes also when all went well." };
    private static readonly Option<TimeSpan> Tick = CommonOptions.Tick();
    private static readonly Option<long> SnapshotEntries = CommonOptions.SnapshotEntries();
    private static readonly Option<TimeSpan> MaxStaleness = CommonOptions.MaxStaleness();
    private static readonly Option<bool> Leases = CommonOptions.Leases();
    private static readonly Option<Plant> Planted = CommonOptions.Plant();

    public static Command Create()
    {
        Work.AcceptOnlyFromAmong(CommonOptions.Workloads);
        Network.AcceptOnlyFromAmong(Networks);
        Target.AcceptOnlyFromAmong(TargetKinds);
        var command = new Command(
            "run", "Runs a cluster of real processes under load and faults, and judges what clients saw. Ends with 0 when that is right, "
                + "with 1 when it is not, with 2 when it could not tell.")
        {
            Nodes, Time, Work, Concurrency, Rate, Network, Nemeses, Rounds, Target, CutPower, LeaderWithin, Out, Seed, Json, KeepData, Tick, SnapshotEntries,
            MaxStaleness, Leases, Planted,
        };
        command.Validators.Add(Validate);
        command.SetAction(RunAsync);
        return command;
    }

    private static void Validate(CommandResult result)
    {
        if (result.GetResult(Rounds) is { } rounds)
        {
            if (rounds.Tokens is [var token] && !(long.TryParse(token.Value, out long count) && count is >= 1 and <= int.MaxValue))
            {
                result.AddError($"'{token.Value}' for --rounds is not a whole number from 1.");
            }

            if (result.GetResult(Nemeses) is not null || result.GetResult(Time) is { Implicit: false })
            {
                result.AddError("--rounds takes the place of --time and --nemesis.");
            }
        }
        else if (result.GetResult(Target) is not null || result.GetResult(CutPower) is { Implicit: false })
        {
            result.AddError("--target and --cut-power say what --rounds does, and there are none.");
        }
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ulong seed = parsed.GetValue(Seed) ?? (ulong)Random.Shared.Next();
        var options = new RunOptions
        {
            Nodes = (int)parsed.GetValue(Nodes),
            Time = parsed.GetValue(Time),
            Rounds = (int?)parsed.GetValue(Rounds),
            RoundTarget = parsed.GetValue(Target) is { } target ? Enum.Parse<TargetKind>(target, ignoreCase: true) : null,
            RoundsCutPower = parsed.GetValue(CutPower),
            Workload = Enum.Parse<Workload>(parsed.GetValue(Work)!, ignoreCase: true),
            Concurrency = (int)parsed.GetValue(Concurrency),
            Rate = (int)parsed.GetValue(Rate),
            Network = Enum.Parse<NetworkKind>(parsed.GetValue(Network)!, ignoreCase: true),
            Nemeses = parsed.GetValue(Nemeses) ?? [],
            Folder = parsed.GetValue(Out) ?? $"run-{seed}",
            Seed = seed,
            LeaderWithin = parsed.GetValue(LeaderWithin),
            KeepData = parsed.GetValue(KeepData),
            Tick = parsed.GetValue(Tick),
            SnapshotEntries = (ulong)parsed.GetValue(SnapshotEntries),
            MaxStaleness = parsed.GetValue(MaxStaleness),
            Leases = parsed.GetValue(Leases),
            Plant = parsed.GetValue(Planted),
        };
        return VerdictExit.OfAsync(parsed.InvocationConfiguration.Error, async stop =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool json = parsed.GetValue(Json);
            var run = new ClusterRun(options, CommandOf(options), line => (json ? TextWriter.Null : output).WriteLine(line));
            RunResult result = await run.RunAsync(stop).ConfigureAwait(false);
            Report(result, options, json, output);
            return result.Verdict;
        });
    }

    private static void Report(RunResult result, RunOptions options, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(result.ToJsonLine());
            return;
        }

        foreach (string problem in result.Problems.Take(MostProblems))
        {
            output.WriteLine(problem);
        }

        if (result.Problems.Count > MostProblems)
        {
            output.WriteLine($"… and {result.Problems.Count - MostProblems} more, in results.json.");
        }

        if (result.Appends is { } appends)
        {
            output.WriteLine($"Acknowledged appends: {appends.Acknowledged}, of which {appends.Found} were there in the end.");
        }

        output.WriteLine($"Requests: {Join(result.Operations)}; {result.AcknowledgedWrites} changes acknowledged, on {result.Keys} keys.");
        output.WriteLine(result.Rounds is { } rounds
            ? $"Rounds: {rounds.Completed} ({Join(rounds.ByTarget)}), {rounds.Processes} processes killed; first change acknowledged after a restart: "
                + $"median {rounds.RecoveryMsMedian:0} ms, at most {rounds.RecoveryMsMax:0} ms."
            : $"Faults: {(result.Strikes.Count == 0 ? "none" : Join(result.Strikes))}.");
        output.WriteLine($"The report is in {options.Folder}. Run again with: {result.Command}");
        output.WriteLine(result.Verdict switch
        {
            RunVerdict.Valid => "valid",
            RunVerdict.Invalid => "INVALID",
            _ => "could not tell",
        });
    }

    private static string Join<T>(IReadOnlyDictionary<string, T> counts) => string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"));

    /// <summary>The command that does what <paramref name="options"/> say.</summary>
    internal static string CommandOf(RunOptions options)
    {
        List<string> words =
        [
            "raft-jepsen run",
            $"{Nodes.Name} {options.Nodes}",
            options.Rounds is { } rounds ? $"{Rounds.Name} {rounds}" : $"{Time.Name} {Milliseconds(options.Time)}",
            $"{Work.Name} {options.Workload.ToString().ToLowerInvariant()}",
            $"{Concurrency.Name} {options.Concurrency}",
            $"{Rate.Name} {options.Rate}",
            $"{Seed.Name} {options.Seed}",
            $"{Tick.Name} {Milliseconds(options.Tick)}",
            $"{SnapshotEntries.Name} {options.SnapshotEntries}",
            $"{MaxStaleness.Name} {Milliseconds(options.MaxStaleness)}",
        ];
        words.AddRange(options.RoundTarget is { } target ? [$"{Target.Name} {target.ToString().ToLowerInvariant()}"] : []);
        words.AddRange(options.RoundsCutPower ? [CutPower.Name] : []);
        words.AddRange(options.Network != NetworkKind.Auto ? [$"{Network.Name} {options.Network.ToString().ToLowerInvariant()}"] : []);
        words.AddRange(options.Nemeses.Count > 0 ? [$"{Nemeses.Name} {string.Join(',', options.Nemeses)}"] : []);
        words.AddRange(options.LeaderWithin is { } limit ? [$"{LeaderWithin.Name} {Milliseconds(limit)}"] : []);
        words.AddRange(options.Leases ? [Leases.Name] : []);
        words.AddRange(options.Plant != Plant.None ? [$"{Planted.Name} {CommonOptions.NameOf(options.Plant)}"] : []);
        return string.Join(' ', words);
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms");

    private static string[] ParseNemeses(ArgumentResult result)
    {
        string[] names = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);
        if (names.FirstOrDefault(name => !NemesisCatalog.Names.Contains(name)) is { } unknown)
        {
            result.AddError($"There is no nemesis '{unknown}'; there are {string.Join(", ", NemesisCatalog.Names)}.");
        }

        return [.. names.Distinct()];
    }

    private static Option<long> Bounded(string name, string description, long otherwise, long low, long high)
    {
        var option = new Option<long>(name) { Description = $"{description} {low} to {high}.", HelpName = "N", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(long.TryParse(token.Value, out long count) && count >= low && count <= high))
            {
                result.AddError($"'{token.Value}' for {name} is not a whole number from {low} to {high}.");
            }
        });
        return option;
    }
}
