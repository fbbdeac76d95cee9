using System.Diagnostics;
using Raft.Jepsen.Running.Nemeses;
using Raft.Jepsen.Simulation;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Running;

/// <summary>
/// Kills nodes of a cluster under load again and again, or cuts their power. The next round begins when enough changes were acknowledged since the restart,
/// however long that takes.
/// </summary>
/// <param name="context">The cluster.</param>
/// <param name="load">Its load.</param>
/// <param name="random">Decides on whom each round hits, and for how long.</param>
/// <param name="target">Whom each round hits; <c>null</c> to draw it.</param>
/// <param name="cutsPower">The disks of those that are killed lose what was not synced, too.</param>
internal sealed class KillRounds(NemesisContext context, Load load, RandomStream random, TargetKind? target, bool cutsPower)
{
    /// <summary>Changes that must be acknowledged after a restart before the next kill.</summary>
    private const int ChangesBetween = 20;

    private const int LongestOutageMs = 300;

    private readonly Dictionary<string, int> _byTarget = [];
    private readonly List<double> _recoveries = [];
    private int _processes;

    /// <summary>How it went so far.</summary>
    public KillRoundsResult Result
    {
        get
        {
            double[] sorted = [.. _recoveries.Order()];
            return new KillRoundsResult(
                sorted.Length, _byTarget, _processes, sorted.Length == 0 ? 0 : sorted[sorted.Length / 2], sorted.Length == 0 ? 0 : sorted[^1]);
        }
    }

    /// <summary>Does some rounds.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="progress">Is told of each.</param>
    /// <param name="stop">Ends them early.</param>
    /// <exception cref="HarnessException">The cluster did not come back.</exception>
    public async Task RunAsync(int rounds, Action<int> progress, CancellationToken stop)
    {
        await load.AwaitChangesAsync(0, ChangesBetween, stop).ConfigureAwait(false);
        for (int round = 1; round <= rounds && !stop.IsCancellationRequested; round++)
        {
            var plan = new StrikePlan(random.Below(100), random.Next(), random.Between(0, LongestOutageMs));
            Targets targets = await plan.PickAsync(context.Cluster, target ?? plan.Target).ConfigureAwait(false);
            Task<int> hitting = cutsPower
                ? PowerCutNemesis.CutAsync(context, targets, plan.HoldMs, stop)
                : KillNemesis.KillAsync(context, targets, plan.HoldMs, stop);
            _processes += await hitting.ConfigureAwait(false);
            _byTarget[targets.Name] = _byTarget.GetValueOrDefault(targets.Name) + 1;

            long restarted = Stopwatch.GetTimestamp();
            long before = load.Acknowledged;
            await load.AwaitChangesAsync(before, 1, stop).ConfigureAwait(false);
            double recovery = Stopwatch.GetElapsedTime(restarted).TotalMilliseconds;
            await load.AwaitChangesAsync(before, ChangesBetween, stop).ConfigureAwait(false);
            _recoveries.Add(recovery);
            progress(round);
        }
    }
}
