using System.Text;
using Raft.Jepsen.Running.Clients;
using Raft.Jepsen.Running.Processes;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Replaces a node by a new member with a new id and an empty folder: in two steps, or in one. With lost disks, the node loses its data first, as a
/// server does whose disk broke. What was begun is ended, also when told to stop.
/// </summary>
/// <param name="losesDisk">The node is killed and its folder removed before anything else.</param>
internal sealed class MemberNemesis(bool losesDisk) : Nemesis
{
    private const int PollMs = 50;

    // One disk lost after the other: a majority of lost disks loses data, and that is no defect.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    public override string Name => losesDisk ? "wipe" : "member";

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        await OneAtATime.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            using var claimed = new ClaimedNodes(context.Cluster, plan.Shuffle(context.Cluster.Ids)[..1]);
            if (claimed.Nodes is not [var old] || stop.IsCancellationRequested)
            {
                return false;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Abort);
            using CancellationTokenRegistration ending = stop.Register(() => limit.CancelAfter(EndLimit));
            await ReplaceAsync(context, plan, old, limit.Token).ConfigureAwait(false);
            return true;
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private async Task ReplaceAsync(NemesisContext context, StrikePlan plan, NodeProcess old, CancellationToken limit)
    {
        Cluster cluster = context.Cluster;
        bool inOneStep = plan.Dice % 2 == 0;
        context.Recorder.Nemesis($"start-{Name}", [old.Id], inOneStep ? "replaced in one step" : "removed, then another added");
        if (losesDisk)
        {
            await old.KillAsync().ConfigureAwait(false);
            cluster.RemoveData(old);
        }

        NodeProcess joining = cluster.AddJoining();
        await joining.StartAsync().ConfigureAwait(false);
        if (!inOneStep)
        {
            await ChangeAsync(cluster, $$"""{"remove":[{{old.Id}}]}""", voters => !voters.Contains(old.Id), limit).ConfigureAwait(false);
        }

        string change = inOneStep ? $$"""{"add":[{{joining.Id}}],"remove":[{{old.Id}}]}""" : $$"""{"add":[{{joining.Id}}]}""";
        await ChangeAsync(
            cluster, change, voters => voters.Contains(joining.Id) && !voters.Contains(old.Id), limit).ConfigureAwait(false);
        await cluster.RemoveAsync(old).ConfigureAwait(false);
        context.Recorder.Nemesis($"stop-{Name}", [old.Id, joining.Id]);
    }

    /// <summary>Asks whoever leads, until the voters are as they shall be: an answer may get lost, and the change with it or not.</summary>
    private static async Task ChangeAsync(Cluster cluster, string change, Func<IReadOnlyList<ulong>, bool> isDone, CancellationToken limit)
    {
        while (true)
        {
            if (limit.IsCancellationRequested)
            {
                throw new HarnessException($"The change of members {change} was not carried out within {EndLimit.TotalSeconds} s of the end of faults.");
            }

            NodeReport? leader = await cluster.LeaderAsync(CancellationToken.None).ConfigureAwait(false);
            if (leader is { IsJoint: false } && isDone(leader.Voters) && leader.Commit >= leader.ConfigurationIndex)
            {
                return;
            }

            if (leader is not null)
            {
                await cluster.Api.PostAsync(
                    cluster.ApiOf(leader.Node), StoreEndpoints.Members, Encoding.UTF8.GetBytes(change), CallLimit, limit).ConfigureAwait(false);
            }

            await Task.Delay(PollMs, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
