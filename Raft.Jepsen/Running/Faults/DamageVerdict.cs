namespace Raft.Jepsen.Running.Faults;

/// <summary>What reading a damaged folder says.</summary>
internal enum DamageVerdict
{
    /// <summary>Nothing that counts was hit: what is there is what was there before.</summary>
    Harmless,

    /// <summary>No node can start from it.</summary>
    Refused,

    /// <summary>
    /// What was hit is told from what a crash leaves of a commit that nobody was promised by nothing. The node would forget the commit and go on: a lost disk
    /// that does not show.
    /// </summary>
    TakenForTornTail,
}
