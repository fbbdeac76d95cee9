using Raft.Jepsen.Running.Network.Namespaces;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Network;

/// <summary>The network that a run takes, and why.</summary>
/// <param name="Network">The network.</param>
/// <param name="Why">The reason, for people.</param>
internal sealed record NetworkChoice(INodeNetwork Network, string Why)
{
    private const string Needs = "It needs root (CAP_SYS_ADMIN and CAP_NET_ADMIN) and /dev/net/tun";

    public override string ToString() => $"{Network.Kind.ToString().ToLowerInvariant()} ({Why}).";

    /// <summary>Makes the network that was asked for.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="streams">Decide on what happens to packets.</param>
    /// <exception cref="HarnessException">It is not to be had on this machine.</exception>
    public static NetworkChoice Make(NetworkKind asked, RandomStreams streams)
    {
        if (asked == NetworkKind.Loopback)
        {
            return new NetworkChoice(LoopbackNetwork.Create(streams), "asked for");
        }

        string? obstacle = NamespaceNetwork.Probe();
        if (obstacle is null)
        {
            return new NetworkChoice(new NamespaceNetwork(streams), asked == NetworkKind.Auto ? "possible here" : "asked for");
        }

        return asked == NetworkKind.Auto
            ? new NetworkChoice(LoopbackNetwork.Create(streams), $"no network namespaces here: {obstacle}")
            : throw new HarnessException($"--network namespaces is not possible here: {obstacle}. {Needs}; --network loopback needs neither.");
    }
}
