namespace Raft.Core.Consensus;

/// <summary>What a node is to its cluster at the moment (Raft paper, section 5.1; pre-candidate: thesis, section 9.6).</summary>
public enum Role : byte
{
    /// <summary>Listens to a leader, or waits for one.</summary>
    Follower = 0,

    /// <summary>Asks whether an election could be won, without raising the term.</summary>
    PreCandidate = 1,

    /// <summary>Asks for votes in a new term.</summary>
    Candidate = 2,

    /// <summary>Decides the order of the log.</summary>
    Leader = 3,
}
