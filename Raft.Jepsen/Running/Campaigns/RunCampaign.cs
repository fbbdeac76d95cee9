using System.Diagnostics;
using System.Globalization;

namespace Raft.Jepsen.Running.Campaigns;

/// <summary>Run after run, each with another mix of faults, nodes and workload, until the time is over.</summary>
/// <param name="campaign">What it does.</param>
/// <param name="commandOf">The command that does a run again.</param>
/// <param name="leaveOut">Gets the faults that are not possible here, and why.</param>
/// <param name="tell">Gets each run when it is over.</param>
internal sealed class RunCampaign(
    CampaignOptions campaign,
    Func<RunOptions, string> commandOf,
    Action<IReadOnlyDictionary<string, string>> leaveOut,
    Action<CampaignRun> tell)
{
    /// <summary>Name of the file with a line for each run, in the folder of the campaign.</summary>
    public const string RunsFile = "runs.jsonl";

    /// <summary>Runs to the end.</summary>
    /// <param name="stop">Ends it with the run that is under way, which counts as one without a verdict.</param>
    /// <exception cref="HarnessException">A run can't begin, or the folder can't be written.</exception>
    public async Task<CampaignSum> RunAsync(CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        string root = RunFolder.MakeNew(campaign.Folder);
        var possible = PossibleFaults.Probe(Path.Combine(root, "probe"));
        leaveOut(possible.Missing);
        var sum = new CampaignSum { Seed = campaign.Seed, LeftOut = possible.Missing };
        var mix = new RunMix(campaign.Seed, campaign.Each, possible.Names);
        using var lines = new StreamWriter(Path.Combine(root, RunsFile)) { AutoFlush = true };
        for (int number = 1; Stopwatch.GetElapsedTime(began) < campaign.Time && !stop.IsCancellationRequested; number++)
        {
            RunOptions options = mix.Draw(number) with
            {
                LeaderWithin = campaign.LeaderWithin,
                Folder = Path.Combine(root, number.ToString("0000", CultureInfo.InvariantCulture)),
            };
            RunResult result = await new ClusterRun(options, commandOf(options), _ => { }).RunAsync(stop).ConfigureAwait(false);
            await lines.WriteLineAsync(result.ToJsonLine()).ConfigureAwait(false);
            if (result.Verdict == RunVerdict.Valid)
            {
                Directory.Delete(options.Folder, recursive: true);
            }

            sum = sum.With(result);
            tell(new CampaignRun(number, options, result));
        }

        return sum with { WallS = Stopwatch.GetElapsedTime(began).TotalSeconds };
    }
}
