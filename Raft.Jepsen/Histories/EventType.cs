namespace Raft.Jepsen.Histories;

/// <summary>What a line of a history says about an operation.</summary>
internal enum EventType
{
    /// <summary>It begins: the client is about to send it.</summary>
    Invoke,

    /// <summary>It ended, and happened.</summary>
    Ok,

    /// <summary>It ended, and certainly did not happen and never will.</summary>
    Fail,

    /// <summary>Nobody knows whether it happened, or whether it will yet; also the type of what no client did.</summary>
    Info,
}
