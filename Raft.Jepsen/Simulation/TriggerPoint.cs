namespace Raft.Jepsen.Simulation;

/// <summary>Moments at which a fault hurts most: bugs hide between a decision and its becoming durable or known.</summary>
internal enum TriggerPoint
{
    VoteNotDurable,
    EntriesNotDurable,
    LogTruncated,
    BecameCandidate,
    BecameLeader,
    SteppedDown,
    CommitAdvanced,
    ReadRequested,
    SnapshotOffered,
    SnapshotHalfReceived,
    SnapshotStaged,
    TransferStarted,
    ReadByLease,
    LogCompacted,
    ConfigurationAppended,
    JointCommitted,
}
