using Raft.Jepsen.Running.Faults;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Delays each write and each sync of some nodes by 5 to 100 ms.</summary>
internal sealed class SlowDiskNemesis : Nemesis
{
    private const long ShortestDelayMs = 5, LongestDelayMs = 100;

    public override string Name => "slowdisk";

    protected override (long Low, long High) Hold => (1_000, 5_000);

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        Targets targets = await plan.PickAsync(context.Cluster).ConfigureAwait(false);
        FaultSettings[] disks = context.Cluster.FaultsOf(targets.Nodes);
        var delay = TimeSpan.FromMilliseconds(new RandomStream(plan.Order).Between(ShortestDelayMs, LongestDelayMs));
        context.Recorder.Nemesis("start-slowdisk", targets.Nodes, $"{targets.Name}: by {delay.TotalMilliseconds:0} ms");
        Delay(disks, delay);
        await WaitAsync(plan.HoldMs, stop).ConfigureAwait(false);
        Delay(disks, TimeSpan.Zero);
        context.Recorder.Nemesis("stop-slowdisk", targets.Nodes);
        return disks.Length > 0;
    }

    private static void Delay(FaultSettings[] disks, TimeSpan delay)
    {
        foreach (FaultSettings disk in disks)
        {
            disk.DelayWrites(delay);
            disk.DelaySyncs(delay);
        }
    }
}
