using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>What was drawn for one strike.</summary>
/// <param name="Dice">0 to 99, for a choice between kinds.</param>
/// <param name="Order">Decides in which order nodes are taken.</param>
/// <param name="HoldMs">Milliseconds that it lasts.</param>
internal sealed record StrikePlan(int Dice, ulong Order, long HoldMs)
{
    /// <summary>The nodes in the order of this strike.</summary>
    public ulong[] Shuffle(IEnumerable<ulong> nodes)
    {
        ulong[] shuffled = [.. nodes];
        var random = new RandomStream(Order);
        for (int i = shuffled.Length - 1; i > 0; i--)
        {
            int other = random.Below(i + 1);
            (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
        }

        return shuffled;
    }

    /// <summary>Picks whom a strike hits: one node, the leader, a minority, a majority, or all.</summary>
    public async Task<Targets> PickAsync(Cluster cluster)
    {
        ulong[] nodes = Shuffle(cluster.Ids);
        int majority = (nodes.Length / 2) + 1;
        switch (Dice)
        {
            case < 25:
                ulong? leader = (await cluster.LeaderAsync().ConfigureAwait(false))?.Node;
                return leader is { } known && nodes.Contains(known) ? new Targets("leader", [known]) : new Targets("one", nodes[..1]);
            case < 45:
                return new Targets("one", nodes[..1]);
            case < 55:
                return new Targets("minority", nodes[..Math.Max(1, nodes.Length - majority)]);
            case < 80:
                return new Targets("majority", nodes[..majority]);
            default:
                return new Targets("all", nodes);
        }
    }
}
