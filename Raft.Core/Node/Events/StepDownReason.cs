namespace Raft.Core.Node.Events;

/// <summary>Why a node stopped to lead, as far as it knows.</summary>
public enum StepDownReason
{
    /// <summary>It heard of a later term: another node campaigned.</summary>
    HigherTerm = 0,

    /// <summary>It heard from no majority for an election timeout (check-quorum).</summary>
    QuorumLost = 1,

    /// <summary>It handed its leadership over.</summary>
    Transferred = 2,

    /// <summary>Its own storage did not answer (<see cref="RaftNodeOptions.MaxWriteStallTicks"/>).</summary>
    StorageStalled = 3,

    /// <summary>It is a voter no more.</summary>
    Removed = 4,
}
