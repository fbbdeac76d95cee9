using Raft.Core.Membership;

namespace Raft.Core.Consensus;

/// <summary>What the core did with a proposed change of the configuration.</summary>
public enum ConfigurationStatus : byte
{
    /// <summary>Its first configuration is in the leader's log and in force; whether it will be committed is still open.</summary>
    Appended = 0,

    /// <summary>This node does not lead.</summary>
    NotLeader = 1,

    /// <summary>The leader hands its leadership over.</summary>
    LeadershipTransfer = 2,

    /// <summary>The leader has committed nothing in its term yet; try again in a moment.</summary>
    NoCommitInTerm = 3,

    /// <summary>Another change is not finished: its configuration is not committed, or is joint.</summary>
    ChangeInFlight = 4,

    /// <summary>The configuration in force is not the one that the change was made for.</summary>
    IndexMismatch = 5,

    /// <summary>A learner that shall vote lacks more than <see cref="RaftOptions.PromotionLag"/> entries, or is not in sight.</summary>
    LearnerLags = 6,

    /// <summary>The change is not possible; <see cref="ConfigurationChanger.Apply"/> with the configuration in force says why.</summary>
    Refused = 7,
}
