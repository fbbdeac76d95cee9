namespace Raft.Core.Node;

/// <summary>What a read of the state machine may miss.</summary>
public enum ReadConsistency : byte
{
    /// <summary>
    /// Nothing that was acknowledged before the read began, on any member that knows a leader: ReadIndex, one round of heartbeats (thesis, section 6.4), or on
    /// a leader no message within its lease (<see cref="Consensus.RaftOptions.LeaseReads"/>).
    /// </summary>
    Linearizable = 0,

    /// <summary>Whatever this node has not applied yet: no wait, no message.</summary>
    Stale = 1,

    /// <summary>As <see cref="Linearizable"/>, and this node led at some time after the read began: for whoever acts on behalf of the cluster.</summary>
    Leader = 2,

    /// <summary>
    /// Nothing that was acknowledged longer than <see cref="RaftNodeOptions.MaxStaleness"/> before the read began, on any member. Mostly without a message: what
    /// the last confirmed read told is good for that long.
    /// </summary>
    BoundedStale = 3,
}
