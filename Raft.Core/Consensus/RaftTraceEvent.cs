namespace Raft.Core.Consensus;

/// <summary>What happened inside a core, beside messages; the names are those of etcd's state traces.</summary>
public enum RaftTraceEvent : byte
{
    /// <summary>The node starts, from what its storage held.</summary>
    InitState = 0,

    /// <summary>The node follows: it entered a higher term, or gave up another role.</summary>
    BecomeFollower = 1,

    /// <summary>The node campaigns in a new term. Pre-candidates raise no event, as they change no protocol state.</summary>
    BecomeCandidate = 2,

    /// <summary>The node leads.</summary>
    BecomeLeader = 3,

    /// <summary>The leader appended an entry of its own term that is no configuration.</summary>
    Replicate = 4,

    /// <summary>The leader's commit index rose.</summary>
    Commit = 5,

    /// <summary>The leader appended a new configuration.</summary>
    ChangeConf = 6,

    /// <summary>Another configuration came into force: appended, truncated back to, installed with a snapshot, or founded with.</summary>
    ApplyConfChange = 7,

    /// <summary>The driver took the gathered work.</summary>
    Ready = 8,
}
