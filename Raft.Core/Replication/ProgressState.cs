namespace Raft.Core.Replication;

/// <summary>How a leader feeds one follower.</summary>
public enum ProgressState : byte
{
    /// <summary>The follower's last matching entry is not known: one message at a time looks for it.</summary>
    Probe = 0,

    /// <summary>The follower keeps up: messages are sent one behind the other without waiting for answers.</summary>
    Replicate = 1,

    /// <summary>The follower needs entries that are compacted away: it gets a snapshot first.</summary>
    Snapshot = 2,
}
