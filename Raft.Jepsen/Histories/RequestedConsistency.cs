namespace Raft.Jepsen.Histories;

/// <summary>What a read asks for; all but the last promise the same and are judged alike.</summary>
internal enum RequestedConsistency
{
    /// <summary>Linearizable, confirmed by a round of heartbeats.</summary>
    Linearizable,

    /// <summary>Linearizable, from a leader that relies on its lease.</summary>
    Lease,

    /// <summary>Linearizable, answered by a follower that asked the leader how far it must be.</summary>
    Follower,

    /// <summary>What the asked node has, if it is not older than the bound that the request names.</summary>
    Stale,
}
