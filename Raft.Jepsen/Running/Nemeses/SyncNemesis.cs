using Raft.Jepsen.Running.Faults;
using Raft.Jepsen.Running.Processes;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Lets syncs of nodes fail, or stall. Where one failed the node must stop by itself and name the file, since nobody knows any more what is on its disk; it is
/// started again when its disk is sound. One that goes on is a finding.
/// </summary>
internal sealed class SyncNemesis : Nemesis
{
    private const int StallChance = 400_000;
    private const long ShortestStallMs = 200, LongestStallMs = 3_000;
    private const int OneFailure = 1, AllFail = int.MaxValue;

    public override string Name => "fsync";

    protected override Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        var random = new RandomStream(plan.Order);
        return random.Chance(StallChance)
            ? StallAsync(context, plan, TimeSpan.FromMilliseconds(random.Between(ShortestStallMs, LongestStallMs)), stop)
            : FailAsync(context, plan, random.Below(2) == 0 ? OneFailure : AllFail, stop);
    }

    private static async Task<bool> StallAsync(NemesisContext context, StrikePlan plan, TimeSpan delay, CancellationToken stop)
    {
        Targets targets = await plan.PickAsync(context.Cluster).ConfigureAwait(false);
        FaultSettings[] disks = context.Cluster.FaultsOf(targets.Nodes);
        context.Recorder.Nemesis("start-fsync", targets.Nodes, $"{targets.Name}: each sync takes {delay.TotalMilliseconds:0} ms longer");
        Array.ForEach(disks, disk => disk.DelaySyncs(delay));
        await WaitAsync(plan.HoldMs, stop).ConfigureAwait(false);
        Array.ForEach(disks, disk => disk.DelaySyncs(TimeSpan.Zero));
        context.Recorder.Nemesis("stop-fsync", targets.Nodes);
        return disks.Length > 0;
    }

    /// <param name="context">The cluster.</param>
    /// <param name="plan">What was drawn.</param>
    /// <param name="count">How many syncs fail. After a single one the next succeeds, as Linux does it, whatever became of the data.</param>
    /// <param name="stop">Ends it early.</param>
    private static async Task<bool> FailAsync(NemesisContext context, StrikePlan plan, int count, CancellationToken stop)
    {
        Targets targets = await plan.PickAsync(context.Cluster).ConfigureAwait(false);
        using var claimed = new ClaimedNodes(context.Cluster, targets.Nodes);
        if (claimed.Nodes.Count == 0)
        {
            return false;
        }

        string what = count == OneFailure ? "a sync fails" : "all syncs fail";
        context.Recorder.Nemesis("start-fsync", claimed.Ids, $"{targets.Name}: {what}");
        foreach (NodeProcess node in claimed.Nodes)
        {
            node.MayEnd = true;
            node.Faults!.FailSyncs(count);
        }

        await WaitAsync(plan.HoldMs, stop).ConfigureAwait(false);
        bool[] failed = await Task.WhenAll(claimed.Nodes.Select(node => HealAsync(context, node, count))).ConfigureAwait(false);
        context.Recorder.Nemesis("stop-fsync", claimed.Ids, $"{failed.Count(any => any)} stopped and started again");
        return failed.Contains(true);
    }

    /// <returns>Whether a sync had failed.</returns>
    private static async Task<bool> HealAsync(NemesisContext context, NodeProcess node, int count)
    {
        bool failed = node.Faults!.HealSyncs() < count;
        if (failed)
        {
            await ExpectedEnd.AwaitAsync(node, context.Abort, $"Sync of {node.Options.Data}", "Input/output error").ConfigureAwait(false);
            await node.StartAsync().ConfigureAwait(false);
        }

        node.MayEnd = false;
        return failed;
    }
}
