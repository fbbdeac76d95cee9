using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Running.Network;

/// <summary>
/// The network of a run on one machine, in which any direction between two nodes can be cut. Node <c>t</c> listens on 127.x.t.t and node <c>f</c>
/// reaches it on 127.x.f.t, where a proxy of this process passes the bytes on. Clients reach all nodes directly.
/// </summary>
internal sealed class LoopbackNetwork : IAsyncDisposable
{
    /// <summary>Highest id of a node.</summary>
    public const ulong MaxNode = 254;

    private const int Attempts = 100;

    // Below the range from which Linux draws the ports of outgoing connections.
    private const int FirstPort = 15_000, LastPort = 32_000;

    private readonly ConcurrentDictionary<(ulong From, ulong To), Gate> _gates = new();
    private readonly List<LinkProxy> _proxies = [];
    private readonly List<ulong> _nodes = [];
    private readonly int _subnet;
    private readonly int _port;

    private LoopbackNetwork(int subnet, int port)
    {
        (_subnet, _port) = (subnet, port);
        Peers = new AddressPattern(string.Create(CultureInfo.InvariantCulture, $"https://127.{subnet}.{{from}}.{{to}}:{port}"));
    }

    /// <summary>Where nodes reach each other.</summary>
    public AddressPattern Peers { get; }

    /// <summary>Draws a part of the loopback network that nobody uses.</summary>
    /// <exception cref="HarnessException">There is none.</exception>
    public static LoopbackNetwork Create()
    {
        string problem = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var network = new LoopbackNetwork(Random.Shared.Next(2, 255), Random.Shared.Next(FirstPort, LastPort));
            if (network.IsFree(out problem))
            {
                return network;
            }
        }

        throw new HarnessException(
            $"No part of the loopback network 127.0.0.0/8 is free: {problem} The harness needs Linux, where all of it can be bound.");
    }

    /// <summary>Where a node serves clients.</summary>
    public IPEndPoint Api(ulong node) => new(Address(node, node), _port + 1);

    /// <summary>Builds the ways between a node and those that were added before.</summary>
    /// <exception cref="HarnessException">An address can't be bound.</exception>
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

    /// <summary>Lets nothing through from one node to another; what comes back still arrives.</summary>
    public void Cut(ulong from, ulong to) => Link(from, to).Shut();

    /// <summary>Undoes one cut.</summary>
    public void Heal(ulong from, ulong to) => Link(from, to).Open();

    /// <summary>Undoes all cuts.</summary>
    public void HealAll()
    {
        foreach (Gate gate in _gates.Values)
        {
            gate.Open();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LinkProxy proxy in _proxies)
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Gate Link(ulong from, ulong to) => _gates.GetOrAdd((from, to), _ => new Gate());

    private void Connect(ulong from, ulong to)
        => _proxies.Add(new LinkProxy(
            new IPEndPoint(Address(from, to), _port), new IPEndPoint(Address(to, to), _port), Link(from, to), Link(to, from)));

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
