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

    /// <summary>What this strike hits.</summary>
    public TargetKind Target => Dice switch
    {
        < 25 => TargetKind.Leader,
        < 45 => TargetKind.One,
        < 55 => TargetKind.Minority,
        < 80 => TargetKind.Majority,
        _ => TargetKind.All,
    };

    /// <summary>Picks the nodes that this strike hits.</summary>
    public Task<Targets> PickAsync(Cluster cluster) => PickAsync(cluster, Target);

    /// <summary>Picks nodes of a kind, and any node for a leader whom nobody knows.</summary>
    public async Task<Targets> PickAsync(Cluster cluster, TargetKind kind)
    {
        ulong[] nodes = Shuffle(cluster.Ids);
        int majority = (nodes.Length / 2) + 1;
        switch (kind)
        {
            case TargetKind.Leader:
                ulong? leader = (await cluster.LeaderAsync().ConfigureAwait(false))?.Node;
                return leader is { } known && nodes.Contains(known) ? new Targets(kind, [known]) : new Targets(TargetKind.One, nodes[..1]);
            case TargetKind.One:
                return new Targets(kind, nodes[..1]);
            case TargetKind.Minority:
                return new Targets(kind, nodes[..Math.Max(1, nodes.Length - majority)]);
            case TargetKind.Majority:
                return new Targets(kind, nodes[..majority]);
            default:
                return new Targets(kind, nodes);
        }
    }
}
