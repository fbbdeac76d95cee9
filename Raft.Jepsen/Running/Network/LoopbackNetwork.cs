using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Network;

/// <summary>
/// The network of a run on loopback. Node <c>t</c> listens on 127.x.t.t and node <c>f</c> reaches it on 127.x.f.t, where a proxy of this process passes
/// the bytes on. A proxy sees connections and no packets, so none can get lost, arrive twice or be reordered here. Clients reach all nodes directly.
/// </summary>
internal sealed class LoopbackNetwork : INodeNetwork
{
    /// <summary>Highest id of a node.</summary>
    public const ulong MaxNode = 254;

    private const int Attempts = 100;

    // Below the range from which Linux draws the ports of outgoing connections.
    private const int FirstPort = 15_000, LastPort = 32_000;

    private readonly ConcurrentDictionary<(ulong From, ulong To), ProxyDirection> _directions = new();
    private readonly List<LinkProxy> _proxies = [];
    private readonly List<ulong> _nodes = [];
    private readonly RandomStreams _streams;
    private readonly int _subnet;
    private readonly int _port;

    private LoopbackNetwork(RandomStreams streams, int subnet, int port)
    {
        (_streams, _subnet, _port) = (streams, subnet, port);
        Peers = new AddressPattern(string.Create(CultureInfo.InvariantCulture, $"https://127.{subnet}.{{from}}.{{to}}:{port}"));
    }

    public NetworkKind Kind => NetworkKind.Loopback;

    public IReadOnlyList<LinkFaultKind> Offers { get; } = [LinkFaultKind.Slow, LinkFaultKind.Narrow, LinkFaultKind.Flapping, LinkFaultKind.Resetting];

    public AddressPattern Peers { get; }

    public IReadOnlyDictionary<string, long> Counts
        => new Dictionary<string, long> { ["connections reset"] = _directions.Values.Sum(direction => direction.ResetConnections) };

    /// <summary>Draws a part of the loopback network that nobody uses.</summary>
    /// <param name="streams">Decide on how late things arrive.</param>
    /// <exception cref="HarnessException">There is none.</exception>
    public static LoopbackNetwork Create(RandomStreams streams)
    {
        string problem = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var network = new LoopbackNetwork(streams, Random.Shared.Next(2, 255), Random.Shared.Next(FirstPort, LastPort));
            if (network.IsFree(out problem))
            {
                return network;
            }
        }

        throw new HarnessException(
            $"No part of the loopback network 127.0.0.0/8 is free: {problem} The harness needs Linux, where all of it can be bound.");
    }

    public IPEndPoint Api(ulong node) => new(Address(node, node), _port + 1);

    public void Add(ulong node)
    {
        if (node > MaxNode)
        {
            throw new HarnessException($"Node {node} has no address: there are {MaxNode}. Let the run end earlier.");
        }

        try
        {
            foreach (ulong other in _nodes)
            {
                Connect(node, other);
                Connect(other, node);
            }
        }
        catch (SocketException error)
        {
            throw new HarnessException($"An address for node {node} can't be bound: {error.Message}. Run again: it draws others.", error);
        }

        _nodes.Add(node);
    }

    /// <summary>Does nothing: all nodes live where this process does.</summary>
    public void Enter(ulong node)
    {
    }

    public Task<Socket> OpenSocketAsync(IPAddress node) => Task.FromResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    public void Cut(ulong from, ulong to) => Direction(from, to).Cut();

    public void Heal(ulong from, ulong to) => Direction(from, to).Heal();

    public void Disturb(ulong from, ulong to, LinkFaults faults) => Direction(from, to).Disturb(faults);

    public void HealAll()
    {
        foreach (ProxyDirection direction in _directions.Values)
        {
            direction.Heal();
            direction.Disturb(LinkFaults.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LinkProxy proxy in _proxies)
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
        }

        foreach (ProxyDirection direction in _directions.Values)
        {
            direction.Dispose();
        }
    }

    private ProxyDirection Direction(ulong from, ulong to) => _directions.GetOrAdd(
        (from, to), _ => new ProxyDirection(_streams.Open(RandomPurpose.Link, (int)from, (long)to)));

    private void Connect(ulong from, ulong to)
        => _proxies.Add(new LinkProxy(
            new IPEndPoint(Address(from, to), _port), new IPEndPoint(Address(to, to), _port), Direction(from, to), Direction(to, from)));

    private IPAddress Address(ulong from, ulong to) => new([127, (byte)_subnet, (byte)from, (byte)to]);

    private bool IsFree(out string problem)
    {
        problem = "";
        try
        {
            foreach (IPEndPoint endPoint in (IPEndPoint[])[new(Address(1, 1), _port), new(Address(1, 2), _port), Api(1)])
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(endPoint);
            }

            return true;
        }
        catch (SocketException error)
        {
            problem = error.Message;
            return false;
        }
    }
}
