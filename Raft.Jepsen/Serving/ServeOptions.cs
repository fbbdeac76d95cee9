using System.Net;
using Raft.Core.Membership;

namespace Raft.Jepsen.Serving;

/// <summary>What one node of the store is told.</summary>
internal sealed record ServeOptions
{
    /// <summary>Name of the cluster in certificates and data folders.</summary>
    public const string ClusterId = "jepsen";

    /// <summary>File names in the folder of <see cref="Tls"/>.</summary>
    public const string CertificateFile = "node.crt", KeyFile = "node.key", AuthorityFile = "ca.crt";

    /// <summary>This node.</summary>
    public required NodeId Id { get; init; }

    /// <summary>The members that found the cluster; empty for a node that joins one.</summary>
    public required IReadOnlyList<NodeId> Members { get; init; }

    /// <summary>Where nodes reach each other.</summary>
    public required AddressPattern Peers { get; init; }

    /// <summary>Where clients are served.</summary>
    public required IPEndPoint Api { get; init; }

    /// <summary>The node's data folder.</summary>
    public required string Data { get; init; }

    /// <summary>Folder with the node's certificate, its key, and the authority's certificate; <c>null</c> for plain text on loopback.</summary>
    public string? Tls { get; init; }

    /// <summary>Length of a tick; an election timeout has ten to twenty.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Commands after which a snapshot is taken.</summary>
    public ulong SnapshotEntries { get; init; } = 200;

    /// <summary>The leader serves reads by lease.</summary>
    public bool Leases { get; init; }

    /// <summary>Greatest age of what a bounded read sees.</summary>
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The bug to plant.</summary>
    public Plant Plant { get; init; }

    /// <summary>The process ends with the one that started it, however that ends, and leaves signals of the terminal to it.</summary>
    public bool IsChild { get; init; }
}
