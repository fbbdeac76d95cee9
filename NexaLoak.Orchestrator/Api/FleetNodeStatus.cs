namespace NexaLoak.Orchestrator.Api;

/// <summary>One registered node, as the fleet sees it.</summary>
internal sealed record FleetNodeStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its Raft id.</summary>
    public required ulong RaftId { get; init; }

    /// <summary>Its public address.</summary>
    public required string Address { get; init; }

    /// <summary>TCP port of its VPN service.</summary>
    public required int ServicePort { get; init; }

    /// <summary>Where its own API listens.</summary>
    public required string Api { get; init; }

    /// <summary>All in one word: <c>unknown</c>, <c>healthy</c>, <c>serviceDown</c>, <c>controlUnreachable</c> or <c>crashed</c>.</summary>
    public required string Condition { get; init; }

    /// <summary>The leader's verdict: <c>unknown</c>, <c>healthy</c> or <c>crashed</c>.</summary>
    public required string Health { get; init; }

    /// <summary>When the verdict changed last; <c>null</c> before the first.</summary>
    public required DateTimeOffset? HealthSince { get; init; }

    /// <summary>Whether the leader hears it: <c>unknown</c>, <c>reachable</c> or <c>unreachable</c>.</summary>
    public required string Control { get; init; }

    /// <summary>Names of the nodes that reach its VPN port.</summary>
    public required IReadOnlyList<string> ServiceUp { get; init; }

    /// <summary>Names of the nodes that do not.</summary>
    public required IReadOnlyList<string> ServiceDown { get; init; }

    /// <summary>Whether the domain announces its address.</summary>
    public required bool Published { get; init; }
}
