using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Makes links bad, as far as the network of the run can: slow, narrow, flapping, resetting connections, losing, duplicating, reordering or corrupting
/// packets. It hits one direction, one link, all links of a node, or all.
/// </summary>
internal sealed class LinkNemesis : Nemesis
{
    private const int PerCent = 10_000;

    public override string Name => "link";

    protected override (long Low, long High) Hold => (1_000, 5_000);

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        ulong[] nodes = plan.Shuffle(context.Cluster.Ids);
        if (nodes.Length < 2)
        {
            return false;
        }

        INodeNetwork network = context.Cluster.Network;
        ulong leader = (await context.Cluster.LeaderAsync(CancellationToken.None).ConfigureAwait(false))?.Node ?? nodes[0];
        var random = new RandomStream(plan.Order);
        LinkFaultKind kind = network.Offers[random.Below(network.Offers.Count)];
        LinkFaults faults = Draw(kind, random);
        (string scope, (ulong From, ulong To)[] links) = Choose(plan.Dice, nodes, leader);
        ulong[] touched = [.. links.SelectMany(link => (ulong[])[link.From, link.To]).Distinct().Order()];
        context.Recorder.Nemesis(
            "start-link", touched, $"{kind.ToString().ToLowerInvariant()}: {faults}, {scope}: {string.Join(' ', links.Select(link => $"{link.From}>{link.To}"))}");
        await LastAsync(network, links, kind, faults, random, plan.HoldMs, stop).ConfigureAwait(false);
        context.Recorder.Nemesis("stop-link", touched);
        return true;
    }

    /// <summary>The directed links that a strike hits.</summary>
    /// <param name="dice">Chooses, 0 to 99.</param>
    /// <param name="nodes">All nodes, in the order in which they are taken.</param>
    /// <param name="leader">Who leads.</param>
    internal static (string Scope, (ulong From, ulong To)[] Links) Choose(int dice, ulong[] nodes, ulong leader) => dice switch
    {
        < 15 => ("one direction", [(nodes[0], nodes[1])]),
        < 30 => ("one link", [(nodes[0], nodes[1]), (nodes[1], nodes[0])]),
        < 50 => ("all of a node", [.. Of(nodes[0], nodes)]),
        < 75 => ("all of the leader", [.. Of(leader, nodes)]),
        _ => ("all", [.. nodes.SelectMany(from => nodes.Where(to => to != from).Select(to => (from, to)))]),
    };

    /// <summary>How bad a link of some kind is. Of flapping and resetting it is what happens again and again.</summary>
    internal static LinkFaults Draw(LinkFaultKind kind, RandomStream random) => kind switch
    {
        LinkFaultKind.Slow => new LinkFaults { Delay = Milliseconds(random.Between(5, 200)), Jitter = Milliseconds(random.Between(0, 200)) },
        LinkFaultKind.Narrow => new LinkFaults { BytesPerSecond = random.Between(10, 100) * 1_000 },
        LinkFaultKind.Flapping => new LinkFaults { IsDown = true },
        LinkFaultKind.Resetting => new LinkFaults { Resets = true },
        LinkFaultKind.Lossy => new LinkFaults { Loss = (int)random.Between(2, 40) * PerCent },
        LinkFaultKind.Duplicating => new LinkFaults { Duplication = (int)random.Between(10, 60) * PerCent },
        LinkFaultKind.Reordering => new LinkFaults { Reordering = (int)random.Between(10, 60) * PerCent },
        LinkFaultKind.Corrupting => new LinkFaults { Corruption = (int)random.Between(2, 30) * PerCent },
        _ => new LinkFaults
        {
            Delay = Milliseconds(random.Between(1, 30)),
            Jitter = Milliseconds(random.Between(1, 30)),
            Loss = (int)random.Between(1, 10) * PerCent,
            Duplication = (int)random.Between(1, 20) * PerCent,
            Reordering = (int)random.Between(1, 20) * PerCent,
            Corruption = (int)random.Between(1, 10) * PerCent,
        },
    };

    private static async Task LastAsync(
        INodeNetwork network, (ulong From, ulong To)[] links, LinkFaultKind kind, LinkFaults faults, RandomStream random, long holdMs, CancellationToken stop)
    {
        bool alternates = kind is LinkFaultKind.Flapping or LinkFaultKind.Resetting;
        for (long passed = 0; passed < holdMs && !stop.IsCancellationRequested;)
        {
            long turn = alternates ? Math.Min(random.Between(50, 500), holdMs - passed) : holdMs;
            Disturb(network, links, faults);
            await WaitAsync(turn, stop).ConfigureAwait(false);
            Disturb(network, links, LinkFaults.None);
            long pause = alternates ? random.Between(50, 500) : 0;
            await WaitAsync(pause, stop).ConfigureAwait(false);
            passed += turn + pause;
        }
    }

    private static void Disturb(INodeNetwork network, (ulong From, ulong To)[] links, LinkFaults faults)
    {
        foreach ((ulong from, ulong to) in links)
        {
            network.Disturb(from, to, faults);
        }
    }

    private static IEnumerable<(ulong From, ulong To)> Of(ulong node, ulong[] nodes)
        => nodes.Where(other => other != node).SelectMany(other => ((ulong, ulong)[])[(node, other), (other, node)]);

    private static TimeSpan Milliseconds(long count) => TimeSpan.FromMilliseconds(count);
}
