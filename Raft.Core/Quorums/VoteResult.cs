namespace Raft.Core.Quorums;

/// <summary>Where a vote stands.</summary>
public enum VoteResult : byte
{
    /// <summary>The missing votes can still turn it either way.</summary>
    Pending = 0,

    /// <summary>A quorum can't be reached any more.</summary>
    Lost = 1,

    /// <summary>A quorum said yes.</summary>
    Won = 2,
}
