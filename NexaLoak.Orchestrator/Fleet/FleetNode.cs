using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>A registered node. Times are milliseconds since 1970-01-01 UTC, by the clock of whoever proposed the change.</summary>
internal sealed record FleetNode
{
    /// <summary>Short name, such as "n1"; unique.</summary>
    public required string Name { get; init; }

    /// <summary>Its Raft id; unique.</summary>
    public required ulong RaftId { get; init; }

    /// <summary>Public IPv4 address in dotted form; unique.</summary>
    public required string Address { get; init; }

    /// <summary>TCP port of its VPN service.</summary>
    public required int ServicePort { get; init; }

    /// <summary>Where its HTTP API listens.</summary>
    public required string ApiAddress { get; init; }

    /// <summary>When it registered first.</summary>
    public required long RegisteredUnixMs { get; init; }

    /// <summary>The leader's verdict: decides whether the domain names the node.</summary>
    public NodeHealth Health { get; init; }

    /// <summary>When <see cref="Health"/> changed last; 0 before the first verdict.</summary>
    public long HealthSinceUnixMs { get; init; }

    /// <summary>Whether the leader hears the node's Raft messages.</summary>
    public ControlState Control { get; init; }

    /// <summary>When <see cref="Control"/> changed last; 0 before the first verdict.</summary>
    public long ControlSinceUnixMs { get; init; }

    /// <summary>Term of the leader that judged <see cref="Control"/>.</summary>
    public ulong ControlTerm { get; init; }
}
