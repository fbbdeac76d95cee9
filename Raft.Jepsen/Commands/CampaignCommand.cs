using System.CommandLine;
using Raft.Jepsen.Running;
using Raft.Jepsen.Running.Campaigns;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen campaign</c>: run after run, with every fault and many mixes of them.</summary>
internal static class CampaignCommand
{
    private static readonly Option<TimeSpan> Time = CommonOptions.Duration("--time", "No run begins after this time.", TimeSpan.FromHours(2));
    private static readonly Option<TimeSpan> Each = CommonOptions.Duration("--each", "For how long the faults of each run last.", TimeSpan.FromSeconds(60));
    private static readonly Option<TimeSpan?> LeaderWithin = CommonOptions.LeaderWithin();
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "New folder, for a line about each run and the reports of those that are not valid; campaign-SEED if not given.", HelpName = "DIR",
    };
    private static readonly Option<ulong?> Seed = new("--seed")
    {
        Description = "Decides on the mixes and on each run's seed; drawn if not given.", HelpName = "SEED",
    };
    private static readonly Option<bool> Json = new("--json") { Description = "Print nothing but the sum, as one JSON object." };

    public static Command Create()
    {
        var command = new Command(
            "campaign", "Does one run after the other, with each fault alone, then with mixes of them, on three and five nodes, with every workload. Ends with 0 "
                + "when all were valid, with 1 when one was not, with 2 when one could not tell.")
        {
            Time, Each, LeaderWithin, Out, Seed, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ulong seed = parsed.GetValue(Seed) ?? (ulong)Random.Shared.Next();
        var options = new CampaignOptions
        {
            Seed = seed,
            Time = parsed.GetValue(Time),
            Each = parsed.GetValue(Each),
            LeaderWithin = parsed.GetValue(LeaderWithin),
            Folder = parsed.GetValue(Out) ?? $"campaign-{seed}",
        };
        TextWriter output = parsed.InvocationConfiguration.Output;
        TextWriter progress = parsed.GetValue(Json) ? TextWriter.Null : output;
        return VerdictExit.OfAsync(parsed.InvocationConfiguration.Error, async stop =>
        {
            var campaign = new RunCampaign(
                options, RunCommand.CommandOf, missing => WriteLeftOut(missing, progress), run => progress.WriteLine(Describe(run)));
            CampaignSum sum = await campaign.RunAsync(stop).ConfigureAwait(false);
            output.WriteLine(sum.ToJsonLine());
            return sum.Verdict;
        });
    }

    private static void WriteLeftOut(IReadOnlyDictionary<string, string> missing, TextWriter progress)
    {
        foreach ((string name, string why) in missing)
        {
            progress.WriteLine($"Left out: {name}. {why}");
        }
    }

    private static string Describe(CampaignRun run)
    {
        RunResult result = run.Result;
        string what = $"{run.Number,4}  {string.Join(',', run.Options.Nemeses)} on {run.Options.Nodes} nodes, "
            + $"{run.Options.Workload.ToString().ToLowerInvariant()}: "
            + $"{result.Strikes.Values.Sum()} faults, {result.AcknowledgedWrites} changes, {result.Leaders} leaders: ";
        return what + (result.Verdict == RunVerdict.Valid ? "valid" : $"{result.Verdict}: {string.Join("; ", result.Problems.Take(1))} ({run.Options.Folder})");
    }
}
