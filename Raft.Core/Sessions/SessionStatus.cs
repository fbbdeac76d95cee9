namespace Raft.Core.Sessions;

/// <summary>What became of a <see cref="SessionCommand"/>. The values are part of the reply's format.</summary>
public enum SessionStatus : byte
{
    /// <summary>Carried out, now or by an earlier attempt; the application's reply follows.</summary>
    Applied = 0,

    /// <summary>A session was opened; its id and the limits in force follow.</summary>
    Opened = 1,

    /// <summary>The session was kept alive or closed, or the limits were replaced.</summary>
    Done = 2,

    /// <summary>There is no such session (any more). This attempt changed nothing; an earlier one may have.</summary>
    SessionExpired = 3,

    /// <summary>The sequence is below one that the client called answered. This attempt changed nothing.</summary>
    StaleSequence = 4,

    /// <summary>The sequence is beyond the window. Nothing was changed; try again once lower ones are answered.</summary>
    WindowExceeded = 5,

    /// <summary>The bytes are no command that this version knows. Nothing was changed.</summary>
    Malformed = 6,
}
