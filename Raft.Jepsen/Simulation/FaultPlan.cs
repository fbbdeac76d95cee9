using System.Text.Json.Serialization;
using Raft.Core.Consensus;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// What one seed draws before its run: the cluster, its options, its workload and which faults come how often. Every second seed turns all
/// faults on; the others draw a subset (swarm testing), because some bugs need quiet in all but one direction.
/// </summary>
internal sealed record FaultPlan
{
    private static readonly int[] VoterCounts = [1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 6, 7];

    private const int MaxNodes = 9;

    public required int Voters { get; init; }

    public required int Learners { get; init; }

    /// <summary>Of the voters, those that are witnesses.</summary>
    public required int Witnesses { get; init; }

    /// <summary>Nodes that are no members at first.</summary>
    public required int Spares { get; init; }

    public required RaftOptions Options { get; init; }

    /// <summary>Length of a tick on a clock that runs right, in microseconds.</summary>
    public required long TickLength { get; init; }

    /// <summary>Typical delay of a message, in microseconds.</summary>
    public required long LinkDelay { get; init; }

    /// <summary>Typical time of a synced write, in microseconds.</summary>
    public required long DiskDelay { get; init; }

    /// <summary>Chances in parts of a million, each for one message.</summary>
    public required int Loss { get; init; }

    public required int Duplication { get; init; }

    public required int Replay { get; init; }

    public required int LateMessage { get; init; }

    /// <summary>Chance that a crash comes between the effects of one Ready, in parts of a million.</summary>
    public required int CrashInReady { get; init; }

    /// <summary>Chance that the driver lets further inputs gather before it takes a Ready, in parts of a million.</summary>
    public required int LateDrain { get; init; }

    /// <summary>Typical time between two faults of a kind, in microseconds; 0 turns the kind off.</summary>
    public required long[] FaultIntervals { get; init; }

    /// <summary>Chance of a fault at each trigger point, in parts of a million.</summary>
    public required int[] TriggerChances { get; init; }

    public required long ProposeInterval { get; init; }

    public required long ReadInterval { get; init; }

    /// <summary>Typical time between two reads of a bounded age, in microseconds; 0 when there are none.</summary>
    public long StaleReadInterval { get; init; }

    /// <summary>That age on the clock of the node that is asked, in microseconds.</summary>
    public long MaxStaleness { get; init; }

    /// <summary>Typical time between two changes of the membership, in microseconds; 0 when there are none.</summary>
    public required long ChangeInterval { get; init; }

    public required int MaxBatch { get; init; }

    /// <summary>Entries applied between two snapshots; 0 when none are taken.</summary>
    public required int SnapshotEntries { get; init; }

    /// <summary>Length of a snapshot in bytes beside the state.</summary>
    public required int SnapshotPadding { get; init; }

    /// <summary>Chance that a received snapshot turns out damaged, in parts of a million.</summary>
    public required int StagingFailure { get; init; }

    /// <summary>Election priorities by position of the node; the highest for those behind the end.</summary>
    public int[] Priorities { get; init; } = [];

    /// <summary>Every message goes through the encoding of the real transport.</summary>
    public required bool Encoded { get; init; }

    /// <summary>After the faults one direction of one link stays cut for good: pre-vote and check-quorum must cope with it.</summary>
    public required bool LinkStaysCut { get; init; }

    /// <summary>Every second command is one of a client session.</summary>
    public required bool Sessions { get; init; }

    /// <summary>The election timeout, shortest draw, in microseconds.</summary>
    [JsonIgnore]
    public long ElectionTimeout => Options.ElectionTicks * TickLength;

    /// <summary>All nodes, members at first or not.</summary>
    [JsonIgnore]
    public int Nodes => Voters + Learners + Spares;

    /// <summary>Voters that may lose their disks for good. None where the members change anyway: those who are left might be too few then.</summary>
    [JsonIgnore]
    public int LosableDisks => ChangeInterval == 0 && Witnesses == 0 ? (Voters - 1) / 2 : 0;

    /// <summary>The plan for one node less.</summary>
    public FaultPlan WithoutLastNode()
        => Spares > 0 ? this with { Spares = Spares - 1 }
            : Learners > 0 ? this with { Learners = Learners - 1 }
            : this with { Voters = Voters - 1, Witnesses = Math.Min(Witnesses, Voters - 2) };

    /// <summary>Shortest tick of a clock that runs wrong, in thousandths of the right one. With leases no clock runs faster than they allow for.</summary>
    [JsonIgnore]
    public int ShortestTick => Options.LeaseReads ? 10 * (100 - Options.LeaseDriftPercent) : 500;

    /// <summary>Longest tick of a clock that runs wrong, in thousandths of the right one.</summary>
    [JsonIgnore]
    public int LongestTick => Options.LeaseReads ? 1000 : 2000;

    /// <summary>Three voters with the options that a host gets by default, and no faults.</summary>
    public static FaultPlan Plain { get; } = new()
    {
        Voters = 3,
        Learners = 0,
        Witnesses = 0,
        Spares = 0,
        Options = new RaftOptions(),
        TickLength = 20_000,
        LinkDelay = 300,
        DiskDelay = 200,
        Loss = 0,
        Duplication = 0,
        Replay = 0,
        LateMessage = 0,
        CrashInReady = 0,
        LateDrain = 0,
        FaultIntervals = [],
        TriggerChances = [],
        ProposeInterval = 0,
        ReadInterval = 0,
        ChangeInterval = 0,
        MaxBatch = 0,
        SnapshotEntries = 0,
        SnapshotPadding = 0,
        StagingFailure = 0,
        Encoded = false,
        LinkStaysCut = false,
        Sessions = false,
    };

    /// <summary>The options of the node at a position.</summary>
    public RaftOptions OptionsOf(int position)
        => Options with { TickMicroseconds = TickLength, Priority = position < Priorities.Length ? Priorities[position] : Options.Priority };

    /// <summary>
    /// Half of the plans with leases are calm but for what threatens leases, because among all other faults a leader rarely holds one, and there is
    /// much to do: if a lease is wrong, it is for a short time.
    /// </summary>
    public static FaultPlan Draw(RandomStreams streams, bool everything)
    {
        RandomStream random = streams.Open(RandomPurpose.Setup);
        RandomStream leases = streams.Open(RandomPurpose.Leases);
        RaftOptions options = DrawLease(leases, DrawOptions(random));
        bool calm = options.LeaseReads && leases.Below(2) == 0;
        long tick = random.Between(10_000, 40_000);
        int voters = VoterCounts[random.Below(VoterCounts.Length)];
        bool changes = random.Below(2) == 0;
        var plan = new FaultPlan
        {
            Voters = voters,
            Learners = random.Below(4) == 0 ? 1 : 0,
            Witnesses = voters > 1 && random.Below(5) == 0 ? 1 : 0,
            Spares = changes ? random.Below(Math.Max(1, 8 - voters)) : 0,
            ChangeInterval = changes ? random.Between(1, 10) * 500_000 : 0,
            Options = options,
            TickLength = tick,
            LinkDelay = random.Between(1, 8) * (random.Below(3) == 0 ? tick / 4 : 300),
            DiskDelay = random.Between(1, 8) * (random.Below(3) == 0 ? tick / 4 : 200),
            Loss = Rate(200_000),
            Duplication = Rate(100_000),
            Replay = Rate(10_000),
            LateMessage = Rate(20_000),
            CrashInReady = Rate(2_000),
            LateDrain = Rate(700_000),
            FaultIntervals = [.. Enum.GetValues<FaultKind>().Select(kind => kind < FaultKind.ReplayAcks ? Interval(kind) : 0)],
            TriggerChances =
            [
                .. Enum.GetValues<TriggerPoint>().Select(point => Rate(IsFrequent(point) ? 10_000 : 150_000) * (calm ? 0 : 1)),
            ],
            ProposeInterval = random.Between(5_000, 200_000) / (calm ? 3 : 1),
            ReadInterval = random.Between(10_000, 200_000) / (calm ? 10 : 1),
            MaxBatch = random.Below(10) < 3 ? 1 : 1 << random.Below(7),
            SnapshotEntries = random.Below(4) == 0 ? 0 : 3 << random.Below(9),
            SnapshotPadding = random.Below(2) == 0 ? 0 : (int)random.Between(1, 2000),
            StagingFailure = Rate(400_000),
            Priorities = leases.Below(3) == 0 ? [.. Enumerable.Range(0, MaxNodes).Select(_ => (int)leases.Between(1, 100))] : [],
            Encoded = random.Below(8) == 0,
            LinkStaysCut = random.Below(4) == 0,
            Sessions = random.Below(4) == 0,
        };
        plan = plan.WithStaleReads(streams.Open(RandomPurpose.Staleness)).WithLeadersHit(streams.Open(RandomPurpose.LeadersHit));
        return calm ? plan : plan.WithDiskFaults(streams.Open(RandomPurpose.Disks), everything);

        long Interval(FaultKind kind)
        {
            long drawn = On() ? random.Between(1, 15) * 1_000_000 : 0;
            return !calm ? drawn : kind is FaultKind.StrandLeader or FaultKind.Transfer ? 2_000_000 : 0;
        }

        bool On() => everything || random.Below(2) == 0;
        static bool IsFrequent(TriggerPoint point) => point is TriggerPoint.CommitAdvanced or TriggerPoint.ReadRequested or TriggerPoint.ReadByLease;
        int Rate(int most) => On() ? (int)random.Between(1, most) : 0;
    }

    /// <summary>
    /// In every second plan leaders hear often what they were told when they led before; in every second one with leases, calm or not, leaders are paused for
    /// longer than a lease lasts.
    /// </summary>
    private FaultPlan WithLeadersHit(RandomStream random)
    {
        long[] intervals = [.. FaultIntervals];
        intervals[(int)FaultKind.ReplayAcks] = random.Below(2) == 0 ? random.Between(20_000, 500_000) : 0;
        intervals[(int)FaultKind.PauseLeader] = Options.LeaseReads && random.Below(2) == 0 ? random.Between(1, 5) * 1_000_000 : 0;
        return this with { FaultIntervals = intervals };
    }

    /// <summary>
    /// Full disks, and in some plans disks that are lost for good, which leaves the cluster with fewer nodes for the rest of the run; half of
    /// those have a spare node to take the place of one.
    /// </summary>
    private FaultPlan WithDiskFaults(RandomStream random, bool everything)
    {
        long full = random.Between(3, 30) * 1_000_000;
        long damaged = random.Between(5, 60) * 1_000_000;
        long wiped = random.Between(5, 60) * 1_000_000;
        bool fills = random.Below(2) == 0 || everything;
        bool loses = random.Below(2) == 0 && LosableDisks > 0;
        long[] intervals = [.. FaultIntervals];
        intervals[(int)FaultKind.FullDisk] = fills ? full : 0;
        intervals[(int)FaultKind.DamagedDisk] = loses ? damaged : 0;
        intervals[(int)FaultKind.WipedDisk] = loses ? wiped : 0;
        return this with { FaultIntervals = intervals, Spares = loses ? random.Below(2) : Spares };
    }

    private FaultPlan WithStaleReads(RandomStream random)
        => this with { StaleReadInterval = random.Between(20_000, 400_000), MaxStaleness = random.Between(1, 20) * ElectionTimeout / 4 };

    private static RaftOptions DrawLease(RandomStream random, RaftOptions options)
        => options.CheckQuorum && random.Below(2) == 0
            ? options with { LeaseReads = true, LeaseDriftPercent = (int)random.Between(30, 60) }
            : options;

    /// <summary>Small windows and messages make the limits matter.</summary>
    private static RaftOptions DrawOptions(RandomStream random)
    {
        int election = (int)random.Between(5, 20);
        int append = random.Below(2) == 0 ? 1 << 20 : (int)random.Between(1, 1000);
        ulong trailing = (ulong)random.Between(0, 1 << random.Below(8));
        return new RaftOptions
        {
            ElectionTicks = election,
            HeartbeatTicks = (int)random.Between(1, Math.Max(1, election / 5)),
            PreVote = random.Below(4) != 0,
            CheckQuorum = random.Below(4) != 0,
            MaxAppendBytes = append,
            MaxInflightMessages = random.Below(2) == 0 ? 256 : (int)random.Between(1, 8),
            MaxInflightBytes = random.Below(2) == 0 ? 16 << 20 : append + random.Between(0, 1000),
            MaxUncommittedBytes = random.Below(2) == 0 ? 64 << 20 : random.Between(1, 4000),
            LogCacheBytes = random.Below(2) == 0 ? 16 << 20 : 0,
            TrailingEntries = trailing,
            MaxTrailingEntries = trailing + (ulong)random.Between(0, 1 << random.Below(10)),
            SnapshotChunkBytes = (int)random.Between(8, 1000),
            MaxInflightSnapshotChunks = (int)random.Between(1, 4),
            SnapshotBytesPerTick = random.Below(2) == 0 ? long.MaxValue : random.Between(100, 2000),
            PromotionLag = (ulong)random.Between(0, 1 << random.Below(8)),
        };
    }
}
