namespace Raft.Core.Sessions;

/// <summary>What a <see cref="SessionCommand"/> asks for. The values are part of the log's format.</summary>
public enum SessionCommandKind : byte
{
    /// <summary>A command of the application without a session: carried out as often as it stands in the log.</summary>
    Plain = 0,

    /// <summary>Opens a session, whose id is the index of this entry.</summary>
    Open = 1,

    /// <summary>A command of the application in a session: carried out at most once.</summary>
    Propose = 2,

    /// <summary>Keeps a session from expiring, and acknowledges replies.</summary>
    KeepAlive = 3,

    /// <summary>Ends a session.</summary>
    Close = 4,

    /// <summary>Replaces the <see cref="SessionLimits"/> of the cluster.</summary>
    Configure = 5,
}
