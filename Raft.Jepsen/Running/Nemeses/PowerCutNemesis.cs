using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Cuts the power of nodes, one, the leader, a minority, a majority or all at the same time: their disks lose all that was not synced, and their processes end
/// at once. Later the disks are mounted again, which replays their journals, and the nodes are started.
/// </summary>
internal sealed class PowerCutNemesis : Nemesis
{
    public override string Name => NemesisCatalog.PowerCut;

    /// <summary>Cuts the power of nodes at once, and turns it on again after a while.</summary>
    /// <returns>How many nodes lost it.</returns>
    public static async Task<int> CutAsync(NemesisContext context, Targets targets, long holdMs, CancellationToken stop)
    {
        using var claimed = new ClaimedNodes(context.Cluster, targets.Nodes);
        if (claimed.Nodes.Count == 0)
        {
            return 0;
        }

        context.Recorder.Nemesis("start-powercut", claimed.Ids, targets.Name);
        await Task.WhenAll(claimed.Nodes.Select(CutAsync)).ConfigureAwait(false);
        await WaitAsync(holdMs, stop).ConfigureAwait(false);
        await Task.WhenAll(claimed.Nodes.Select(RestoreAsync)).ConfigureAwait(false);
        context.Recorder.Nemesis("stop-powercut", claimed.Ids);
        return claimed.Nodes.Count;
    }

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        Targets targets = await plan.PickAsync(context.Cluster).ConfigureAwait(false);
        return await CutAsync(context, targets, plan.HoldMs, stop).ConfigureAwait(false) > 0;
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
