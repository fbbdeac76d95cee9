namespace Raft.Jepsen.Workloads;

/// <summary>What clients do, whatever the nodes are.</summary>
internal sealed record LoadOptions
{
    /// <summary>What they ask for.</summary>
    public required Workload Workload { get; init; }

    /// <summary>Clients at a time; at least 1.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Operations a second that all clients together try for; at least 1.</summary>
    public required int Rate { get; init; }

    /// <summary>Leaders serve reads by lease.</summary>
    public required bool Leases { get; init; }

    /// <summary>How old, by a right clock, what a bounded read sees may be.</summary>
    public required TimeSpan StalenessBound { get; init; }
}
