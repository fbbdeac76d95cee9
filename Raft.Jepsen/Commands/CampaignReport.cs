using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Commands;

/// <summary>Runs seeds and prints what came of it.</summary>
internal sealed class CampaignReport(SimulationOptions options, bool json, TextWriter output)
{
    private const int EventsPerNode = 12;

    private static readonly JsonSerializerOptions WithoutNull = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly SeedCampaign _campaign = new(options);

    private HistoryTally Histories => _campaign.Histories;

    /// <summary>Runs one seed and prints its last events.</summary>
    /// <returns>The exit code.</returns>
    public int Replay(ulong seed, int events)
    {
        Run(seed, 1, threads: 1);
        PrintEvents(_campaign.Trace(seed, events));
        Summarize();
        return _campaign.Failures.Count == 0 ? 0 : 1;
    }

    /// <summary>Runs seeds; with <paramref name="require"/> a campaign that met a situation too rarely fails too.</summary>
    /// <returns>The exit code.</returns>
    public int Run(ulong start, long seeds, int threads, bool require)
    {
        Run(start, seeds, threads);
        Summarize();
        bool vacuous = ReportRare() && require;
        return _campaign.Failures.Count == 0 && !vacuous ? 0 : 1;
    }

    private void Run(ulong start, long seeds, int threads)
    {
        foreach (SimulationResult result in _campaign.Run(start, seeds, threads))
        {
            if (result.Failure is not null)
            {
                ReportFailure(result);
            }
        }
    }

    private void ReportFailure(SimulationResult result)
    {
        string arguments = $"{result.Seed} --virtual {options.Duration / 1000}ms"
            + (options.Mutant == Mutant.None ? "" : $" --mutant {options.Mutant.Name}")
            + (options.Workload is { } workload ? $" --workload {workload.ToString().ToLowerInvariant()}" : "")
            + (options.HistoryOnly ? " --history-only" : "");
        (string replay, string shrink) = ($"raft-jepsen sim --replay {arguments}", $"raft-jepsen sim --shrink {arguments}");
        if (json)
        {
            (string property, string detail) = (result.Failure!.Property, result.Failure.Detail);
            output.WriteLine(JsonSerializer.Serialize(new { @event = "failure", seed = result.Seed, property, detail, replay, shrink }));
            return;
        }

        string after = Seconds(result.VirtualMicroseconds);
        output.WriteLine($"seed {result.Seed} failed after {after} virtual seconds: {result.Failure!.Message}");
        PrintEvents(_campaign.Trace(result.Seed, EventsPerNode));
        output.WriteLine($"replay with: {replay}");
        output.WriteLine($"shrink with: {shrink}");
    }

    private void PrintEvents(EventTrace trace)
    {
        foreach ((int node, string what) in trace.All)
        {
            output.WriteLine(json ? JsonSerializer.Serialize(new { @event = "trace", node, what }) : $"  node {node}  {what}");
        }
    }

    private void Summarize()
    {
        string hash = _campaign.TraceHash.ToString("x16", CultureInfo.InvariantCulture);
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                seeds = _campaign.Seeds,
                failures = _campaign.Failures.Count,
                steps = _campaign.Steps,
                virtual_s = Math.Round(_campaign.VirtualMicroseconds / 1e6, 3),
                wall_s = Math.Round(_campaign.Elapsed.TotalSeconds, 3),
                trace_hash = hash,
                occurrences = Enum.GetValues<Occurrence>().ToDictionary(o => o.ToString(), _campaign.OccurrencesOf),
                rare = Coverage.TooRare(_campaign).Select(o => o.ToString()),
                histories = options.Workload is null ? null : new
                {
                    judged = Histories.Judged,
                    undecided = Histories.Undecided,
                    operations = Enum.GetValues<Outcome>().ToDictionary(o => o.ToString().ToLowerInvariant(), Histories.OperationsOf),
                },
            }, WithoutNull));
            return;
        }

        foreach (Occurrence occurrence in Enum.GetValues<Occurrence>())
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {_campaign.OccurrencesOf(occurrence),14:N0}  {occurrence}"));
        }

        if (options.Workload is not null)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Histories.Judged} histories, {Histories.Undecided} in part undecided; {Histories.OperationsOf(Outcome.Ok):N0} operations ok, "
                    + $"{Histories.OperationsOf(Outcome.Fail):N0} failed, {Histories.OperationsOf(Outcome.Unknown):N0} unknown"));
        }

        double wall = Math.Max(_campaign.Elapsed.TotalSeconds, 1e-6);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_campaign.Seeds} seeds, {_campaign.Failures.Count} failures; {_campaign.Steps:N0} steps, {_campaign.Steps / wall:N0} a second; "
                + $"{Seconds(_campaign.VirtualMicroseconds)} virtual seconds in {wall:F1} s; trace hash {hash}"));
    }

    /// <summary>Names what was met too rarely. The last line of JSON has it already.</summary>
    private bool ReportRare()
    {
        IReadOnlyList<Occurrence> rare = Coverage.TooRare(_campaign);
        for (int i = 0; i < rare.Count && !json; i++)
        {
            long count = _campaign.OccurrencesOf(rare[i]);
            output.WriteLine($"vacuous: {rare[i]} was met {count} times, and at least {Coverage.LeastIn(_campaign.Seeds)} are wanted");
        }

        return rare.Count > 0;
    }

    private static string Seconds(long microseconds) => (microseconds / 1e6).ToString("F3", CultureInfo.InvariantCulture);
}
