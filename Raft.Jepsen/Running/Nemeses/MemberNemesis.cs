using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Replaces a node by a new member with a new id and an empty folder: in two steps, or in one. With lost disks, the node loses its data first, as a
/// server does whose disk broke. What was begun is ended, also when told to stop.
/// </summary>
/// <param name="losesDisk">The node is killed and its folder removed before anything else.</param>
internal sealed class MemberNemesis(bool losesDisk) : Nemesis
{
    public override string Name => losesDisk ? "wipe" : "member";

    protected override Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
        => MemberReplacement.ForOneAsync(context, plan, (old, limit) => ReplaceAsync(context, plan, old, limit), stop);

    private async Task ReplaceAsync(NemesisContext context, StrikePlan plan, NodeProcess old, CancellationToken limit)
    {
        bool inOneStep = plan.Dice % 2 == 0;
        context.Recorder.Nemesis($"start-{Name}", [old.Id], inOneStep ? "replaced in one step" : "removed, then another added");
        if (losesDisk)
        {
            await old.KillAsync().ConfigureAwait(false);
            old.RemoveData();
        }

        NodeProcess joining = await MemberReplacement.ReplaceAsync(context.Cluster, old, inOneStep, limit).ConfigureAwait(false);
        context.Recorder.Nemesis($"stop-{Name}", [old.Id, joining.Id]);
    }
}
