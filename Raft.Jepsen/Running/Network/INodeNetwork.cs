using System.Net;
using System.Net.Sockets;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Running.Network;

/// <summary>
/// The network of a run, in which each direction between two nodes can be harmed for itself. Clients reach nodes beside it: what is wrong with a link
/// does not touch them. Safe to use from any thread.
/// </summary>
internal interface INodeNetwork : IAsyncDisposable
{
    /// <summary>What it is.</summary>
    NetworkKind Kind { get; }

    /// <summary>What <see cref="Disturb"/> can do here.</summary>
    IReadOnlyList<LinkFaultKind> Offers { get; }

    /// <summary>Where nodes reach each other.</summary>
    AddressPattern Peers { get; }

    /// <summary>What happened on all links so far, by names for people.</summary>
    IReadOnlyDictionary<string, long> Counts { get; }

    /// <summary>Where a node serves clients.</summary>
    IPEndPoint Api(ulong node);

    /// <summary>Makes a place for a node, and the ways between it and those that were added before.</summary>
    /// <exception cref="HarnessException">It can't be made.</exception>
    void Add(ulong node);

    /// <summary>Takes the calling thread to the place of a node: what it starts runs there. The thread does not come back.</summary>
    void Enter(ulong node);

    /// <summary>Opens a TCP socket that can be connected to a node's <see cref="Api"/>.</summary>
    Task<Socket> OpenSocketAsync(IPAddress node);

    /// <summary>Lets nothing through from one node to another; what comes back still arrives.</summary>
    void Cut(ulong from, ulong to);

    /// <summary>Undoes one cut.</summary>
    void Heal(ulong from, ulong to);

    /// <summary>Does this to what goes from one node to another, beside cuts and in the place of what was done before.</summary>
    void Disturb(ulong from, ulong to, LinkFaults faults);

    /// <summary>Undoes everything.</summary>
    void HealAll();
}
