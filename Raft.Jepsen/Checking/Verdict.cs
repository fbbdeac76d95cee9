namespace Raft.Jepsen.Checking;

/// <summary>What a checker says of a history.</summary>
internal enum Verdict
{
    /// <summary>Everything that was looked at is as promised.</summary>
    Valid,

    /// <summary>Nothing wrong was found, but not everything could be looked at.</summary>
    Unknown,

    /// <summary>A promise was broken.</summary>
    Invalid,
}
