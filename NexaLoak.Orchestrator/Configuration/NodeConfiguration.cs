using System.Net;
using NexaLoak.Orchestrator.Health;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>All that one node needs to know to run, checked.</summary>
internal sealed record NodeConfiguration
{
    /// <summary>The file it was read from.</summary>
    public required string File { get; init; }

    /// <summary>Id of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>This node; one of <see cref="Members"/>.</summary>
    public required MemberConfiguration Self { get; init; }

    /// <summary>Every node of the cluster, in the file's order.</summary>
    public required IReadOnlyList<MemberConfiguration> Members { get; init; }

    /// <summary>The address that the domain announces for this node.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>TCP port of the VPN service on <see cref="Address"/>.</summary>
    public required int VpnPort { get; init; }

    /// <summary>Folder of everything the node must not forget.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where the node serves its status over HTTP.</summary>
    public required IPEndPoint Api { get; init; }

    /// <summary>Raft's port, timing and snapshots.</summary>
    public required RaftConfiguration Raft { get; init; }

    /// <summary>The node's credentials inside the cluster.</summary>
    public required TlsConfiguration Tls { get; init; }

    /// <summary>The service's domain.</summary>
    public required DnsConfiguration Dns { get; init; }

    /// <summary>How the nodes watch each other, and when one counts as crashed.</summary>
    public required HealthOptions Detection { get; init; }
}
