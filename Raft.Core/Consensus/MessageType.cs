namespace Raft.Core.Consensus;

/// <summary>Kinds of messages between nodes. The values are part of the wire format.</summary>
public enum MessageType : byte
{
    /// <summary>Not a message.</summary>
    None = 0,

    /// <summary>Asks whether a vote would be granted, before any term is raised (Ongaro's thesis, section 9.6).</summary>
    PreVoteRequest = 1,

    /// <summary>Answers <see cref="PreVoteRequest"/>.</summary>
    PreVoteResponse = 2,

    /// <summary>RequestVote (Raft paper, Figure 2).</summary>
    VoteRequest = 3,

    /// <summary>Answers <see cref="VoteRequest"/>.</summary>
    VoteResponse = 4,

    /// <summary>AppendEntries with the entries behind a given one (Raft paper, Figure 2).</summary>
    AppendRequest = 5,

    /// <summary>Answers <see cref="AppendRequest"/>.</summary>
    AppendResponse = 6,

    /// <summary>AppendEntries without a log position: keeps followers quiet, tells the commit index, confirms reads.</summary>
    HeartbeatRequest = 7,

    /// <summary>Answers <see cref="HeartbeatRequest"/>.</summary>
    HeartbeatResponse = 8,

    /// <summary>Commands that a follower passes on to its leader, without an answer.</summary>
    ForwardedProposal = 9,

    /// <summary>Tells a member that holds the leader's whole log to campaign at once (TimeoutNow; thesis, section 3.10).</summary>
    TimeoutNowRequest = 10,

    /// <summary>InstallSnapshot: one piece of a snapshot (Raft paper, Figure 13).</summary>
    SnapshotChunk = 11,

    /// <summary>Answers <see cref="SnapshotChunk"/>: from which offset on the receiver needs more.</summary>
    SnapshotResponse = 12,

    /// <summary>A follower or learner asks the leader for a read index, to serve a linearizable read itself.</summary>
    ReadIndexRequest = 13,

    /// <summary>Answers <see cref="ReadIndexRequest"/>.</summary>
    ReadIndexResponse = 14,
}
