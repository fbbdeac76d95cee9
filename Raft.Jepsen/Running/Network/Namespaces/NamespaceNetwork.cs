using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Raft.Jepsen.Running.Namespaces;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>
/// The network of a run in which each node has a network namespace of its own, with the address 10.78.0.<c>i</c>, and a packet switch of this process is
/// all that there is between them. Clients open their sockets inside the namespace of the node that they ask, so they reach it without the switch.
/// </summary>
internal sealed class NamespaceNetwork(RandomStreams streams) : INodeNetwork
{
    private const ulong MaxNode = 254;
    private const int PeerPort = 7000, ApiPort = 8000;

    private static readonly IPAddress Mask = new([255, 255, 255, 0]);

    private readonly PacketSwitch _switch = new(streams);
    private readonly ConcurrentDictionary<ulong, PrivateNamespace> _namespaces = new();

    public NetworkKind Kind => NetworkKind.Namespaces;

    public IReadOnlyList<LinkFaultKind> Offers { get; } = Enum.GetValues<LinkFaultKind>();

    public AddressPattern Peers { get; } = new(string.Create(CultureInfo.InvariantCulture, $"https://10.78.0.{{to}}:{PeerPort}"));

    public IReadOnlyDictionary<string, long> Counts
        => Enum.GetValues<PacketFate>().ToDictionary(fate => $"packets {NameOf(fate)}", _switch.Count);

    /// <summary>Tries whether such a network can be made on this machine.</summary>
    /// <returns>What is in the way; <c>null</c> when nothing is.</returns>
    public static string? Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "only Linux has network namespaces";
        }

        try
        {
            using var tried = new PrivateNamespace(NamespaceKind.Network);
            using TunDevice device = Open(tried, 1);
            return null;
        }
        catch (HarnessException error)
        {
            return error.Message;
        }
    }

    public IPEndPoint Api(ulong node) => new(Address(node), ApiPort);

    public void Add(ulong node)
    {
        if (node > MaxNode)
        {
            throw new HarnessException($"Node {node} has no address: there are {MaxNode}. Let the run end earlier.");
        }

        var place = new PrivateNamespace(NamespaceKind.Network);
        _namespaces[node] = place;
        _switch.Plug((int)node, Open(place, node));
    }

    public void Enter(ulong node) => _namespaces[node].Enter();

    public Task<Socket> OpenSocketAsync(IPAddress node)
        => _namespaces[node.GetAddressBytes()[^1]].DoAsync(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    public void Cut(ulong from, ulong to) => Link(from, to).IsCut = true;

    public void Heal(ulong from, ulong to) => Link(from, to).IsCut = false;

    public void Disturb(ulong from, ulong to, LinkFaults faults) => Link(from, to).Faults = faults;

    public void HealAll()
    {
        foreach (SwitchLink link in _switch.Links)
        {
            (link.IsCut, link.Faults) = (false, LinkFaults.None);
        }
    }

    public ValueTask DisposeAsync()
    {
        _switch.Dispose();
        foreach (PrivateNamespace place in _namespaces.Values)
        {
            place.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>How many packets had a fate on the way from one node to another.</summary>
    internal long Count(ulong from, ulong to, PacketFate fate) => Link(from, to).Count(fate);

    private static TunDevice Open(PrivateNamespace place, ulong node)
        => place.DoAsync(() => TunDevice.Open(Address(node), Mask)).GetAwaiter().GetResult();

    private static IPAddress Address(ulong node) => new([10, 78, 0, (byte)node]);

    private static string NameOf(PacketFate fate) => fate == PacketFate.HeldBack ? "held back" : fate.ToString().ToLowerInvariant();

    private SwitchLink Link(ulong from, ulong to) => _switch.Link((int)from, (int)to);
}
