using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Simulation;

/// <summary>One simulated server: the real core, a simulated disk, a state machine, and what the driver has in hand.</summary>
internal sealed class SimulatedNode(int position, RaftOptions options, RandomStreams streams, CommittedHistory history, bool mayBeWitness)
{
    private const long WallClockSetEvery = 2_000_000;

    private long _rateSince;
    private long _clockThen = position * 1_000_000_000L;

    public int Position => position;

    public RaftOptions Options => options;

    /// <summary>Added as a witness, if at all. Its log lacks the commands, so it never becomes anything else.</summary>
    public bool MayBeWitness => mayBeWitness;

    public NodeId Id { get; } = new((ulong)position + 1);

    public SimulatedDisk Disk { get; } = new(history);

    public RandomStream DiskRandom { get; } = streams.Open(RandomPurpose.Disk, position);

    public RandomStream CoreRandom { get; } = streams.Open(RandomPurpose.Core, position);

    public RandomStream DriverRandom { get; } = streams.Open(RandomPurpose.Driver, position);

    /// <summary>The running core; <c>null</c> while the server is down.</summary>
    public RaftCore? Core { get; set; }

    /// <summary>Counts the starts of the server.</summary>
    public int Incarnation { get; set; }

    public HashStateMachine StateMachine { get; set; } = new(ClusterConfiguration.Empty, hasSessions: false);

    /// <summary>A snapshot of the own state that is on its way to the disk.</summary>
    public (SnapshotMetadata Snapshot, byte[] Content)? Saving { get; set; }

    /// <summary>What was applied when a snapshot was given up for lack of room: it is not tried again at once.</summary>
    public ulong AbandonedAt { get; set; }

    /// <summary>A snapshot that comes from the leader.</summary>
    public StagedSnapshot? Staged { get; set; }

    /// <summary>Pieces of it that are on their way to the disk, and the offset behind each.</summary>
    public Queue<(StagedSnapshot Staged, long UpTo)> StagedWrites { get; } = new();

    /// <summary>Time at which the newest of them is written.</summary>
    public long StagingBusyUntil { get; set; }

    public Ready Ready { get; set; } = new();

    /// <summary>What the core handed out and has not got back: the number of a Ready, and the write until whose end it is looked at.</summary>
    public Queue<(ulong Number, ulong Write)> HandedOut { get; } = new();

    /// <summary>Messages that wait for a write.</summary>
    public List<OutboundMessage> Waiting { get; } = [];

    public Queue<PendingProposal> Proposals { get; } = new();

    /// <summary>Reads to be confirmed, by the number that the core gave them.</summary>
    public Dictionary<ulong, PendingRead> Reads { get; } = [];

    /// <summary>Confirmed reads, each with the index that must be applied before it.</summary>
    public List<(ulong Index, PendingRead Read)> ReadsToServe { get; } = [];

    /// <summary>Reads of a bounded age, each with the index that must be applied before it, and who is told.</summary>
    public List<(ulong Index, TaskCompletionSource? Caller)> StaleReads { get; } = [];

    /// <summary>Serves the clients of a workload; <c>null</c> where none runs.</summary>
    public StoreService? Service { get; set; }

    /// <summary>Term and time of the last read by lease.</summary>
    public (ulong Term, long At) SeenLease { get; set; }

    public bool DrainScheduled { get; set; }

    /// <summary>Reads and writes nothing until then, like a process in a long pause.</summary>
    public long PausedUntil { get; set; }

    /// <summary>Length of this node's ticks in thousandths of the right one.</summary>
    public int TickPerMille { get; private set; } = 1000;

    /// <summary>What every write takes longer at the moment, in microseconds.</summary>
    public long DiskExtra { get; set; }

    /// <summary>Dead for good.</summary>
    public bool StaysDown { get; set; }

    /// <summary>The fault by which the next write under way will fail.</summary>
    public Fault? DiskFault { get; set; }

    /// <summary>The fault that filled the disk, until a start finds room again.</summary>
    public Fault? FullDisk { get; set; }

    /// <summary>Writes for which a full disk still has room; below zero once there was none for one.</summary>
    public int FittingWrites { get; set; }

    /// <summary>When a full disk has room again.</summary>
    public long RoomAt { get; set; }

    /// <summary>How often each <see cref="TriggerPoint"/> has come, over all starts.</summary>
    public long[] Moments { get; } = new long[Enum.GetValues<TriggerPoint>().Length];

    /// <summary>How many Readies were carried out, over all starts.</summary>
    public long Readies { get; set; }

    /// <summary>Role, term and commit index when the driver looked last.</summary>
    public Role SeenRole { get; set; }

    public ulong SeenTerm { get; set; }

    public ulong SeenCommit { get; set; }

    /// <summary>The target of a leadership transfer was known when the driver looked last.</summary>
    public bool SeenTransfer { get; set; }

    /// <summary>Ticks that a planted bug counts.</summary>
    public int MutantTicks { get; set; }

    /// <summary>The latest time that a planted bug has told.</summary>
    public long MutantClock { get; set; }

    /// <summary>The node's monotonic clock, in microseconds; it runs as its ticks do, also while the node is down.</summary>
    public long ClockAt(long now) => _clockThen + (TickPerMille == 1000 ? now - _rateSince : (now - _rateSince) * 1000 / TickPerMille);

    /// <summary>The node's time of day: every two seconds somebody sets it, up to two seconds wrong.</summary>
    public long WallClockAt(long now)
        => ClockAt(now) + (long)(Hash.Chain((ulong)position, (ulong)(now / WallClockSetEvery)) % (2 * WallClockSetEvery)) - WallClockSetEvery;

    public void ChangeClockRate(long now, int tickPerMille)
    {
        _clockThen = ClockAt(now);
        _rateSince = now;
        TickPerMille = tickPerMille;
    }

    public bool IsUp => Core is not null;

    public bool IsLeader => Core is { Role: Role.Leader };

    /// <summary>Nothing is under way that a planted bug, which puts a core on other contents of the disk, would disturb.</summary>
    public bool MayWake
        => Disk.PendingWrites == 0 && Disk.Durable.LastIndex == Core!.LastLogId.Index && Core.Term == Disk.DurableState.Term
            && Saving is null && Staged is null && StagedWrites.Count == 0;

    /// <summary>For planted bugs: the core goes on, in the same term and with the same vote, with a log that ends earlier.</summary>
    public void Wake(ulong lastIndex, ulong seed)
    {
        Disk.Durable.TruncateFrom(lastIndex + 1);
        Disk.Crash(survivors: 0, Mutant.None);
        Reads.Clear();
        HandedOut.Clear();
        Core = new RaftCore(Id, Core!.Configuration, Options, Disk.Recover(), Disk, seed);
        SeenCommit = Core.CommitIndex;
    }
}
