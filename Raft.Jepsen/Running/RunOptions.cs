using Raft.Jepsen.Running.Nemeses;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Running;

/// <summary>What a run does.</summary>
internal sealed record RunOptions
{
    /// <summary>Members of the cluster.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>For how long clients work, without the start and the end; of no meaning with <see cref="Rounds"/>.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Rounds of kills, in the place of a time; <c>null</c> for none.</summary>
    public int? Rounds { get; init; }

    /// <summary>Whom each of the <see cref="Rounds"/> kills; <c>null</c> to draw it anew for each.</summary>
    public TargetKind? RoundTarget { get; init; }

    /// <summary>The disks of those that the <see cref="Rounds"/> kill lose what was not synced, too.</summary>
    public bool RoundsCutPower { get; init; }

    /// <summary>Each node needs a disk of its own.</summary>
    public bool NeedsDisks => RoundsCutPower || Nemeses.Contains(NemesisCatalog.PowerCut);

    /// <summary>What clients ask for.</summary>
    public Workload Workload { get; init; } = Workload.Mixed;

    /// <summary>Clients at a time.</summary>
    public int Concurrency { get; init; } = 10;

    /// <summary>Operations a second that all clients together try for.</summary>
    public int Rate { get; init; } = 200;

    /// <summary>What the nodes talk to each other over.</summary>
    public NetworkKind Network { get; init; }

    /// <summary>Names of the faults.</summary>
    public IReadOnlyList<string> Nemeses { get; init; } = [];

    /// <summary>Folder for all that the run writes; must be empty or missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Decides on the faults and on what clients ask for. What comes of it is not repeatable: real processes are not.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// A run is wrong in which no node leads within this time of the end of its faults; <c>null</c> when that time is to be told and not judged. It is the
    /// machine's matter too.
    /// </summary>
    public TimeSpan? LeaderWithin { get; init; }

    /// <summary>Keep the data folders of the nodes also when all went well.</summary>
    public bool KeepData { get; init; }

    /// <inheritdoc cref="ServeOptions.Tick"/>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc cref="ServeOptions.SnapshotEntries"/>
    public ulong SnapshotEntries { get; init; } = 200;

    /// <inheritdoc cref="ServeOptions.MaxStaleness"/>
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What its clients do.</summary>
    public LoadOptions Load => new()
    {
        Workload = Workload, Concurrency = Concurrency, Rate = Rate, Leases = Leases, StalenessBound = StalenessBound,
    };

    /// <summary>How old, by a right clock, what a bounded read sees may be: more than by that of a node whose clock is made slow.</summary>
    public TimeSpan StalenessBound => Nemeses.Contains(NemesisCatalog.Clock) ? MaxStaleness / ClockNemesis.SlowestRate : MaxStaleness;

    /// <inheritdoc cref="ServeOptions.Leases"/>
    public bool Leases { get; init; }

    /// <inheritdoc cref="ServeOptions.Plant"/>
    public Plant Plant { get; init; }
}
