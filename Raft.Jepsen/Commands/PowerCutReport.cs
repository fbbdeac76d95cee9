using System.Diagnostics;
using System.Text.Json;
using Raft.Jepsen.PowerCuts;

namespace Raft.Jepsen.Commands;

/// <summary>Runs a campaign of power cuts and prints what came of it.</summary>
internal sealed class PowerCutReport(PowerCutCampaign campaign, FileSystemKind kind, bool json, TextWriter output)
{
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>Cuts the power, up to the first cut that shows something wrong.</summary>
    /// <returns>The exit code.</returns>
    public int Run(int cuts, string folder)
    {
        string? wrong = null;
        try
        {
            campaign.Run(cuts, folder);
        }
        catch (PowerCutException e)
        {
            wrong = e.Message;
        }

        Print(wrong);
        return wrong is null ? 0 : 1;
    }

    private void Print(string? wrong)
    {
        PowerCutTally tally = campaign.Tally;
        double seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                file_system = kind.ToString().ToLowerInvariant(),
                failure = wrong,
                cuts = tally.Cuts,
                while_running = tally.WhileRunning,
                in_opening = tally.InOpening,
                of_new_storage = tally.OfNewStorage,
                failures_told = tally.FailuresTold,
                kills = tally.Kills,
                interrupted_commits = tally.InterruptedCommits,
                invalid_markers = tally.InvalidMarkers,
                leftovers = tally.Leftovers,
                durable = tally.Durable,
                unreported = tally.Unreported,
                wall_s = Math.Round(seconds, 3),
            }));
            return;
        }

        if (wrong is not null)
        {
            output.WriteLine(wrong);
        }

        Line($"  {tally.WhileRunning,8:N0}  cuts while the process ran; it told {tally.FailuresTold:N0} times which file failed");
        Line($"  {tally.Kills,8:N0}  kills of a process before, so that the next one found what was never synced");
        Line($"  {tally.InOpening,8:N0}  cuts before the first write of an opening; {tally.OfNewStorage:N0} cuts of a new storage");
        Line($"  {tally.InterruptedCommits,8:N0}  commits left in parts; {tally.InvalidMarkers:N0} markers, {tally.Leftovers:N0} files nobody needs");
        Line($"  {tally.Durable,8:N0}  writes reported durable, {tally.Unreported:N0} kept without that");
        Line($"{tally.Cuts} cuts on {kind.ToString().ToLowerInvariant()} in {seconds:F1} s: {(wrong is null ? "nothing lost" : "failed")}");
    }

    private void Line(FormattableString text) => output.WriteLine(FormattableString.Invariant(text));
}
