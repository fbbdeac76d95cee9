using System.Diagnostics;
using Raft.Jepsen.Running.Faults;
using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Kills a node, damages one of its files and starts it again. Either it refuses to start and names the file, and is replaced like one that lost its disk, or
/// the damage hit nothing that counts, and it goes on as if nothing had been. Which of the two, is what reading its folder says beforehand.
/// </summary>
internal sealed class CorruptNemesis : Nemesis
{
    private const int PollMs = 20;

    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    public override string Name => "corrupt";

    protected override Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
        => MemberReplacement.ForOneAsync(context, plan, (node, limit) => DamageAsync(context, plan, node, limit), stop);

    private static async Task DamageAsync(NemesisContext context, StrikePlan plan, NodeProcess node, CancellationToken limit)
    {
        await node.KillAsync().ConfigureAwait(false);
        var damage = FolderDamage.Inflict(node.Data, plan.Order);
        context.Recorder.Nemesis("start-corrupt", [node.Id], $"{damage.Verdict}: {damage.What}");
        bool isLost = damage.Verdict == DamageVerdict.TakenForTornTail;
        if (!isLost)
        {
            node.MayEnd = true;
            await node.StartAsync().ConfigureAwait(false);
            bool serves = await ServesAsync(context, node).ConfigureAwait(false);
            isLost = damage.Verdict == DamageVerdict.Refused;
            await CheckAsync(context, node, damage, serves).ConfigureAwait(false);
        }

        ulong[] nodes = [node.Id];
        if (!isLost)
        {
            node.MayEnd = false;
        }
        else
        {
            // It has ended by itself: from here on it is one that was killed.
            await node.KillAsync().ConfigureAwait(false);
            node.RemoveData();
            NodeProcess joining = await MemberReplacement.ReplaceAsync(context.Cluster, node, plan.Dice % 2 == 0, limit).ConfigureAwait(false);
            nodes = [node.Id, joining.Id];
        }

        context.Recorder.Nemesis("stop-corrupt", nodes);
    }

    private static async Task CheckAsync(NemesisContext context, NodeProcess node, FolderDamage damage, bool serves)
    {
        switch (damage.Verdict)
        {
            case DamageVerdict.Refused when serves:
                throw new MisbehaviourException($"Node {node.Id} serves although its folder is damaged: {damage.What}.");
            case DamageVerdict.Refused:
                await ExpectedEnd.AwaitAsync(node, context.Abort, Path.Combine(node.Options.Data, damage.File)).ConfigureAwait(false);
                return;
            case DamageVerdict.Harmless when !serves:
                throw new MisbehaviourException(
                    $"Node {node.Id} does not start although nothing that counts is damaged, {damage.What}: {string.Join(" | ", node.LastLines.TakeLast(3))}");
        }
    }

    /// <summary>Waits until a node that was started answers, or has ended.</summary>
    private static async Task<bool> ServesAsync(NemesisContext context, NodeProcess node)
    {
        Cluster cluster = context.Cluster;
        long began = Stopwatch.GetTimestamp();
        while (node.IsAlive)
        {
            if (await cluster.Api.ReportAsync(node.Id, cluster.ApiOf(node.Id), ReportLimit, context.Abort).ConfigureAwait(false) is not null)
            {
                return true;
            }

            if (Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                throw new HarnessException($"Node {node.Id} neither serves nor ends {StartLimit.TotalSeconds} s after its start. See its log.");
            }

            await Task.Delay(PollMs, context.Abort).ConfigureAwait(false);
        }

        return false;
    }
}
