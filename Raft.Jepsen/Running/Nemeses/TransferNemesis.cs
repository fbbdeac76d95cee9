using System.Text;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Has the leader hand over to another node, several times a second.</summary>
internal sealed class TransferNemesis : Nemesis
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public override string Name => "transfer";

    protected override (long Low, long High) Gap => (200, 1_000);

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        Cluster cluster = context.Cluster;
        if ((await cluster.LeaderAsync(CancellationToken.None).ConfigureAwait(false))?.Node is not { } leader
            || plan.Shuffle(cluster.Ids).Where(node => node != leader).ToArray() is not [var target, ..])
        {
            return false;
        }

        context.Recorder.Nemesis("start-transfer", [leader, target]);
        Answer answer = await cluster.Api.PostAsync(
            cluster.ApiOf(leader),
            StoreEndpoints.Leader,
            Encoding.UTF8.GetBytes($$"""{"to":{{target}}}"""),
            Limit,
            CancellationToken.None).ConfigureAwait(false);
        context.Recorder.Nemesis("stop-transfer", [leader, target], answer.Error ?? "done");
        return true;
    }
}
