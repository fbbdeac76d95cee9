using System.Diagnostics;
using Raft.Jepsen.Running.Clients;
using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Lets the disks of nodes be full for a while: each write finds no room. A node that can't write its log stops and says so, and is started again when there is
/// room; one that could not write a snapshot goes on without it.
/// </summary>
internal sealed class FullDiskNemesis : Nemesis
{
    private const int All = int.MaxValue;
    private const int PollMs = 1_000;

    /// <summary>So many reports, one behind the other, must each show progress before a node counts as one that goes on.</summary>
    private const int ProgressReports = 3;

    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public override string Name => "diskfull";

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        Targets targets = await plan.PickAsync(context.Cluster).ConfigureAwait(false);
        using var claimed = new ClaimedNodes(context.Cluster, targets.Nodes);
        if (claimed.Nodes.Count == 0)
        {
            return false;
        }

        context.Recorder.Nemesis("start-diskfull", claimed.Ids, targets.Name);
        foreach (NodeProcess node in claimed.Nodes)
        {
            node.MayEnd = true;
            node.Faults!.RefuseWrites(All);
        }

        await WaitAsync(plan.HoldMs, stop).ConfigureAwait(false);
        bool[] refused = await Task.WhenAll(claimed.Nodes.Select(node => HealAsync(context, node))).ConfigureAwait(false);
        context.Recorder.Nemesis("stop-diskfull", claimed.Ids, $"{refused.Count(any => any)} had no room");
        return refused.Contains(true);
    }

    /// <returns>Whether a write found no room.</returns>
    private static async Task<bool> HealAsync(NemesisContext context, NodeProcess node)
    {
        bool refused = node.Faults!.MakeRoom() < All;
        if (refused && !await GoesOnAsync(context, node).ConfigureAwait(false))
        {
            await ExpectedEnd.AwaitAsync(node, context.Abort, $"Write to {node.Options.Data}", "No space left on device").ConfigureAwait(false);
            await node.StartAsync().ConfigureAwait(false);
        }

        node.MayEnd = false;
        return refused;
    }

    /// <summary>True when the node has applied more again and again; false when it ended, or seems to.</summary>
    private static async Task<bool> GoesOnAsync(NemesisContext context, NodeProcess node)
    {
        Cluster cluster = context.Cluster;
        long began = Stopwatch.GetTimestamp();
        ulong applied = ulong.MaxValue;
        for (int progress = 0; progress < ProgressReports;)
        {
            if (!node.IsAlive)
            {
                return false;
            }

            if (Stopwatch.GetElapsedTime(began) > Limit)
            {
                throw new HarnessException($"Node {node.Id} neither stopped within {Limit.TotalSeconds} s of a full disk nor did it go on.");
            }

            NodeReport? report = await cluster.Api.ReportAsync(node.Id, cluster.ApiOf(node.Id), ReportLimit, context.Abort).ConfigureAwait(false);
            progress += report?.Applied > applied ? 1 : 0;
            applied = report?.Applied ?? applied;
            await Task.Delay(PollMs, context.Abort).ConfigureAwait(false);
        }

        return true;
    }
}
