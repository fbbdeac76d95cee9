using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Cuts the power of nodes, one, the leader, a minority, a majority or all at the same time: their disks lose all that was not synced, and their processes end
/// at once. Later the disks are mounted again, which replays their journals, and the nodes are started.
/// </summary>
internal sealed class PowerCutNemesis : Nemesis
{
    public override string Name => NemesisCatalog.PowerCut;

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        Targets targets = await plan.PickAsync(context.Cluster).ConfigureAwait(false);
        using var claimed = new ClaimedNodes(context.Cluster, targets.Nodes);
        if (claimed.Nodes.Count == 0)
        {
            return false;
        }

        context.Recorder.Nemesis("start-powercut", claimed.Ids, targets.Name);
        await Task.WhenAll(claimed.Nodes.Select(CutAsync)).ConfigureAwait(false);
        await WaitAsync(plan.HoldMs, stop).ConfigureAwait(false);
        await Task.WhenAll(claimed.Nodes.Select(RestoreAsync)).ConfigureAwait(false);
        context.Recorder.Nemesis("stop-powercut", claimed.Ids);
        return true;
    }

    /// <summary>The process stands still first, so that all that others have heard of it came before the cut.</summary>
    private static async Task CutAsync(NodeProcess node)
    {
        node.MayEnd = true;
        await node.SuspendAsync().ConfigureAwait(false);
        await Task.Run(node.Disk!.Cut).ConfigureAwait(false);
        await node.KillAsync().ConfigureAwait(false);
    }

    private static async Task RestoreAsync(NodeProcess node)
    {
        await Task.Run(node.Disk!.Restore).ConfigureAwait(false);
        await node.StartAsync().ConfigureAwait(false);
        node.MayEnd = false;
    }
}
