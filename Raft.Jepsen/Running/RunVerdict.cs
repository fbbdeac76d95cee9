namespace Raft.Jepsen.Running;

/// <summary>Whether a run was right. The numbers are the exit codes.</summary>
internal enum RunVerdict
{
    /// <summary>All that was recorded can be explained.</summary>
    Valid = 0,

    /// <summary>Something happened that must not.</summary>
    Invalid = 1,

    /// <summary>The run or the check did not come to an end.</summary>
    CouldNotTell = 2,
}
