namespace NexaLoak.Orchestrator.Api;

/// <summary>What a node tells about itself and, as far as it knows, about the fleet: the answer of <c>GET /api/v1/status</c>.</summary>
internal sealed record NodeStatus
{
    /// <summary>The cluster's id.</summary>
    public required string Cluster { get; init; }

    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>Time since the node started, in seconds.</summary>
    public required double UptimeSeconds { get; init; }

    /// <summary>Its part in the cluster: <c>follower</c>, <c>preCandidate</c>, <c>candidate</c> or <c>leader</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Its Raft term.</summary>
    public required ulong Term { get; init; }

    /// <summary>Name of the leader it follows; <c>null</c> while it knows of none.</summary>
    public required string? Leader { get; init; }

    /// <summary>Index of its last log entry.</summary>
    public required ulong LastIndex { get; init; }

    /// <summary>Highest index it knows to be committed.</summary>
    public required ulong CommitIndex { get; init; }

    /// <summary>Highest index that its state machine has worked through.</summary>
    public required ulong AppliedIndex { get; init; }

    /// <summary>Index up to which its log is given up: a snapshot stands for it.</summary>
    public ulong BaseIndex { get; init; }

    /// <summary>The last entry in its newest snapshot; 0 before the first.</summary>
    public ulong SnapshotIndex { get; init; }

    /// <summary>The replicated state that the rest of the answer was read from.</summary>
    public required StateStatus State { get; init; }

    /// <summary>Every registered node, by name.</summary>
    public required IReadOnlyList<FleetNodeStatus> Nodes { get; init; }

    /// <summary>The domain, as the leader last recorded it.</summary>
    public required DomainReport Domain { get; init; }

    /// <summary>Operations on the domain, the newest last: unfinished ones and some that are done.</summary>
    public required IReadOnlyList<OperationStatus> Operations { get; init; }

    /// <summary>Why the node can't go on; <c>null</c> while it works.</summary>
    public string? Failure { get; init; }
}
