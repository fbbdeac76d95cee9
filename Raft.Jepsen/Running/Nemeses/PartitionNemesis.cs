namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Cuts links between nodes: the cluster in halves, the leader off, all into a ring in which each still sees a majority (with three or four nodes:
/// one link between two that both see the rest), or one direction only, of one link or of all links of a node.
/// </summary>
internal sealed class PartitionNemesis : Nemesis
{
    private const int FewestForRing = 5;

    public override string Name => "partition";

    protected override (long Low, long High) Hold => (500, 4_000);

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        ulong[] nodes = plan.Shuffle(context.Cluster.Ids);
        if (nodes.Length < 2)
        {
            return false;
        }

        ulong leader = (await context.Cluster.LeaderAsync(CancellationToken.None).ConfigureAwait(false))?.Node ?? nodes[0];
        (string kind, (ulong From, ulong To)[] cuts) = Choose(plan.Dice, nodes, leader);
        context.Recorder.Nemesis("start-partition", nodes, $"{kind}: {string.Join(' ', cuts.Select(cut => $"{cut.From}>{cut.To}"))}");
        foreach ((ulong from, ulong to) in cuts)
        {
            context.Cluster.Network.Cut(from, to);
        }

        await WaitAsync(plan.HoldMs, stop).ConfigureAwait(false);
        foreach ((ulong from, ulong to) in cuts)
        {
            context.Cluster.Network.Heal(from, to);
        }

        context.Recorder.Nemesis("stop-partition", nodes);
        return true;
    }

    /// <summary>The directed links that a kind of partition cuts.</summary>
    /// <param name="dice">Chooses the kind, 0 to 99.</param>
    /// <param name="nodes">All nodes, in the order in which they are taken.</param>
    /// <param name="leader">Who leads.</param>
    internal static (string Kind, (ulong From, ulong To)[] Cuts) Choose(int dice, ulong[] nodes, ulong leader)
    {
        switch (dice)
        {
            case < 25:
                return ("leader isolated", [.. Between([leader], nodes)]);
            case < 50:
                return ("halves", [.. Between(nodes[..(nodes.Length / 2)], nodes[(nodes.Length / 2)..])]);
            case < 70:
                return nodes.Length >= FewestForRing ? ("majority ring", [.. Ring(nodes)]) : ("bridge", [.. Between(nodes[..1], nodes[1..2])]);
            case < 80:
                return ("one link, one way", [(nodes[0], nodes[1])]);
            case < 90:
                return ("leader not heard", [.. nodes.Where(node => node != leader).Select(node => (leader, node))]);
            default:
                return ("leader hears nobody", [.. nodes.Where(node => node != leader).Select(node => (node, leader))]);
        }
    }

    /// <summary>Each node keeps its links to the nearest on a ring, a majority with itself.</summary>
    private static IEnumerable<(ulong From, ulong To)> Ring(ulong[] nodes)
    {
        int reach = (nodes.Length + 2) / 4;
        for (int i = 0; i < nodes.Length; i++)
        {
            for (int j = 0; j < nodes.Length; j++)
            {
                int distance = Math.Min(Math.Abs(i - j), nodes.Length - Math.Abs(i - j));
                if (distance > reach)
                {
                    yield return (nodes[i], nodes[j]);
                }
            }
        }
    }

    private static IEnumerable<(ulong From, ulong To)> Between(ulong[] one, ulong[] other)
        => one.SelectMany(from => other.Where(to => to != from).SelectMany(to => ((ulong, ulong)[])[(from, to), (to, from)]));
}
