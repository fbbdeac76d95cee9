using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Core.Scripting;

/// <summary>One server of a script: the core, a disk whose writes complete when the script says so, and what waits for them.</summary>
internal sealed class ScriptNode(NodeId id, ClusterConfiguration configuration, RaftOptions options, CommittedHistory history)
{
    private ulong _starts;
    private RaftCore? _core;
    private long? _clock;

    public NodeId Id => id;

    public bool IsUp => _core is not null;

    public RaftCore Core => _core ?? throw new ScriptException($"{id} is down");

    public RaftOptions Options => options;

    public SimulatedDisk Disk { get; } = new(history);

    public Ready Ready { get; private set; } = new();

    /// <summary>Messages that wait for a write.</summary>
    public List<OutboundMessage> Waiting { get; } = [];

    /// <summary>The newest write that the disk was given since the start.</summary>
    public ulong NewestWrite { get; private set; }

    public ulong Applied { get; set; }

    /// <summary>The configuration of what is applied, and the index of its entry: what a snapshot keeps.</summary>
    public (ClusterConfiguration Members, ulong Index) AppliedConfiguration { get; set; } = (ClusterConfiguration.Empty, 0);

    /// <summary>What the environment saw last, to tell what changed.</summary>
    public (Role Role, ulong Term, NodeId Leader) SeenRole { get; set; }

    public ulong SeenCommit { get; set; }

    public ClusterConfiguration SeenConfiguration { get; set; } = ClusterConfiguration.Empty;

    public void Start()
    {
        if (IsUp)
        {
            throw new ScriptException($"{id} is up already");
        }

        _core = new RaftCore(id, configuration, options, Disk.Recover(), Disk, (id.Value * 1000) + ++_starts);
        if (options.TickMicroseconds > 0 || _clock is not null)
        {
            AdvanceTime(0);
        }

        Ready = new Ready();
        SeenRole = (_core.Role, _core.Term, _core.Leader);
        SeenCommit = _core.CommitIndex;
        SeenConfiguration = _core.Configuration;
        Applied = _core.Snapshot?.Id.Index ?? 0;
        AppliedConfiguration = _core.Snapshot is { } snapshot ? (snapshot.Configuration, snapshot.ConfigurationIndex) : (configuration, 0);
    }

    /// <summary>Tells the core the time of a clock of this machine's own, which also a restart does not set back.</summary>
    public void AdvanceTime(long microseconds)
    {
        _clock = (_clock ?? 0) + microseconds;
        Core.AdvanceTime(_clock.Value);
    }

    /// <summary>Stops. Of the writes under way the first <paramref name="survivors"/> are on the disk.</summary>
    public void Crash(int survivors)
    {
        Disk.Crash(Math.Min(survivors, Disk.PendingWrites), Mutant.None);
        Waiting.Clear();
        NewestWrite = 0;
        _core = null;
    }

    public void Write(in StorageWrite write)
    {
        if (write.Base is { } newBase)
        {
            Disk.Issued.MoveBase(newBase, history);
        }

        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (ref readonly Entry entry in slice.Span)
            {
                Disk.Issued.TruncateFrom(entry.Index);
                Disk.Issued.Append(entry);
            }
        }

        Disk.Issue(write);
        NewestWrite = write.Sequence;
    }

    /// <summary>What the log holds, behind its base.</summary>
    public List<Entry> Log => Entries(Disk.Issued.Base.Index + 1, Disk.Issued.LastIndex);

    public List<Entry> Entries(ulong from, ulong to)
    {
        var entries = new List<Entry>();
        if (from <= to)
        {
            Disk.Read(from, to, long.MaxValue, entries);
        }

        return entries;
    }
}
