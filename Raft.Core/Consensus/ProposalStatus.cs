namespace Raft.Core.Consensus;

/// <summary>What the core did with a proposal.</summary>
public enum ProposalStatus : byte
{
    /// <summary>It is in the leader's log; whether it will be committed is still open.</summary>
    Appended = 0,

    /// <summary>It was put into a message to the leader.</summary>
    Forwarded = 1,

    /// <summary>This node does not lead.</summary>
    NotLeader = 2,

    /// <summary>The command is larger than <see cref="RaftOptions.MaxEntryBytes"/>.</summary>
    TooLarge = 3,

    /// <summary>Entries that wait for their commit fill <see cref="RaftOptions.MaxUncommittedBytes"/>.</summary>
    UncommittedLimit = 4,

    /// <summary>The node's mailbox is full.</summary>
    Overloaded = 5,

    /// <summary>The leader hands its leadership over and takes nothing more; try again in a moment.</summary>
    LeadershipTransfer = 6,
}
