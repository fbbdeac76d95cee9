namespace Raft.Jepsen.Running.Network;

/// <summary>What the nodes of a run talk to each other over.</summary>
internal enum NetworkKind
{
    /// <summary><see cref="Namespaces"/> where that is possible, <see cref="Loopback"/> elsewhere.</summary>
    Auto,

    /// <summary>A network namespace for each node, and a packet switch of this process between them. Needs root.</summary>
    Namespaces,

    /// <summary>Loopback addresses, and a TCP proxy of this process for each direction.</summary>
    Loopback,
}
