namespace Raft.Jepsen.Histories;

/// <summary>How an operation ended, as far as its client knows.</summary>
internal enum Outcome
{
    /// <summary>It may have happened, and may yet happen at any later time.</summary>
    Unknown,

    /// <summary>It happened, between its beginning and its end.</summary>
    Ok,

    /// <summary>It did not happen and never will.</summary>
    Fail,
}
