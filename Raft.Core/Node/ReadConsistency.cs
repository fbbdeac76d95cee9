namespace Raft.Core.Node;

/// <summary>What a read of the state machine may miss.</summary>
public enum ReadConsistency : byte
{
    /// <summary>Nothing that was acknowledged before the read began: ReadIndex, one round of heartbeats (thesis, section 6.4). On the leader only.</summary>
    Linearizable = 0,

    /// <summary>Whatever this node has not applied yet: no wait, no message.</summary>
    Stale = 1,
}
