namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Kills nodes as a crash would (SIGKILL), one, the leader, a minority, a majority or all at the same time, and starts them again.</summary>
internal sealed class KillNemesis : Nemesis
{
    public override string Name => "kill";

    /// <summary>Kills nodes at once, and starts them again after a while.</summary>
    /// <returns>How many were killed.</returns>
    public static async Task<int> KillAsync(NemesisContext context, Targets targets, long holdMs, CancellationToken stop)
    {
        using var claimed = new ClaimedNodes(context.Cluster, targets.Nodes);
        if (claimed.Nodes.Count == 0)
        {
            return 0;
        }

        context.Recorder.Nemesis("start-kill", claimed.Ids, targets.Name);
        await Task.WhenAll(claimed.Nodes.Select(node => node.KillAsync())).ConfigureAwait(false);
        await WaitAsync(holdMs, stop).ConfigureAwait(false);
        await Task.WhenAll(claimed.Nodes.Select(node => node.StartAsync())).ConfigureAwait(false);
        context.Recorder.Nemesis("stop-kill", claimed.Ids);
        return claimed.Nodes.Count;
    }

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        Targets targets = await plan.PickAsync(context.Cluster).ConfigureAwait(false);
        return await KillAsync(context, targets, plan.HoldMs, stop).ConfigureAwait(false) > 0;
    }
}
