using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Restarts all nodes one after the other, as for an upgrade: asks each to stop (SIGTERM), starts it, and goes on when it follows a leader
/// again.
/// </summary>
internal sealed class RollingNemesis : Nemesis
{
    private const long PollMs = 50;

    public override string Name => "rolling";

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        bool any = false;
        foreach (ulong id in plan.Shuffle(context.Cluster.Ids))
        {
            using var claimed = new ClaimedNodes(context.Cluster, [id]);
            if (claimed.Nodes is not [var node] || stop.IsCancellationRequested)
            {
                continue;
            }

            any = true;
            context.Recorder.Nemesis("start-rolling", [id]);
            await node.ResumeAsync().ConfigureAwait(false);
            await node.StopAsync().ConfigureAwait(false);
            await node.StartAsync().ConfigureAwait(false);
            context.Recorder.Nemesis("stop-rolling", [id]);
            await FollowsAsync(context, node, stop).ConfigureAwait(false);
        }

        return any;
    }

    private static async Task FollowsAsync(NemesisContext context, NodeProcess node, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var reports = await context.Cluster.ReportsAsync(CancellationToken.None).ConfigureAwait(false);
            if (reports.Any(report => report.Node == node.Id && report.Leader != 0))
            {
                return;
            }

            await WaitAsync(PollMs, stop).ConfigureAwait(false);
        }
    }
}
