using System.Net;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>A fleet that does not exist yet: what its nodes' configurations are written from.</summary>
internal sealed record FleetPlan
{
    /// <summary>Id of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The nodes, in the order of their Raft ids.</summary>
    public required IReadOnlyList<PlannedNode> Nodes { get; init; }

    /// <summary>The zone that holds <see cref="Domain"/>.</summary>
    public required string Zone { get; init; }

    /// <summary>The domain whose address records the fleet keeps.</summary>
    public required string Domain { get; init; }

    /// <summary>The DNS provider's token; <c>null</c> leaves an empty file to be filled in.</summary>
    public string? Token { get; init; }

    /// <summary>TCP port between the nodes.</summary>
    public int RaftPort { get; init; } = 7400;

    /// <summary>TCP port of the status API.</summary>
    public int ApiPort { get; init; } = 7480;

    /// <summary>Where the status API listens; <c>null</c> for each node's own address. It has no authentication.</summary>
    public IPAddress? ApiAddress { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port of the VPN service.</summary>
    public int VpnPort { get; init; } = 443;

    /// <summary>Another base address of the DNS provider's API.</summary>
    public Uri? DnsApi { get; init; }

    /// <summary>Silence towards the leader after which a node may have crashed.</summary>
    public TimeSpan ContactTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
