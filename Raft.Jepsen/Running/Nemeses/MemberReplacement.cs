using System.Text;
using Raft.Jepsen.Running.Clients;
using Raft.Jepsen.Running.Processes;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Puts a new member with a new id and an empty folder in the place of a node.</summary>
internal static class MemberReplacement
{
    private const int PollMs = 50;

    // One disk lost after the other: a majority of lost disks loses data, and that is no defect.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(3);

    /// <summary>Takes one node, while no other node is replaced or loses its disk.</summary>
    /// <param name="context">The cluster.</param>
    /// <param name="plan">Chooses the node.</param>
    /// <param name="act">What is done to it; what was begun is ended, also when told to stop, which cancels the token only some time later.</param>
    /// <param name="stop">Nothing is begun any more.</param>
    /// <returns>False when the node was not to be had.</returns>
    public static async Task<bool> ForOneAsync(
        NemesisContext context, StrikePlan plan, Func<NodeProcess, CancellationToken, Task> act, CancellationToken stop)
    {
        await OneAtATime.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            using var claimed = new ClaimedNodes(context.Cluster, plan.Shuffle(context.Cluster.Ids)[..1]);
            if (claimed.Nodes is not [var node] || stop.IsCancellationRequested)
            {
                return false;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Abort);
            using CancellationTokenRegistration ending = stop.Register(() => limit.CancelAfter(EndLimit));
            await act(node, limit.Token).ConfigureAwait(false);
            return true;
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    /// <summary>Replaces a node, in one step, or by a removal and an addition.</summary>
    /// <returns>The new member.</returns>
    /// <exception cref="HarnessException">The cluster did not carry the change out in time.</exception>
    public static async Task<NodeProcess> ReplaceAsync(Cluster cluster, NodeProcess old, bool inOneStep, CancellationToken limit)
    {
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
        return joining;
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
