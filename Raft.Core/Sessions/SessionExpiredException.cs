namespace Raft.Core.Sessions;

/// <summary>The cluster does not know the session any more: it was not used for too long, gave way to others, or was closed. Open another one.</summary>
public sealed class SessionExpiredException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="outcomeUnknown">Whether an earlier attempt of the command may have been carried out.</param>
    public SessionExpiredException(ulong session, bool outcomeUnknown)
        : base(outcomeUnknown
            ? $"Session {session} has expired; the command may have been carried out before."
            : $"Session {session} has expired; the command was not carried out.")
    {
        Session = session;
        OutcomeUnknown = outcomeUnknown;
    }

    /// <summary>The session.</summary>
    public ulong Session { get; }

    /// <summary>
    /// True when an earlier attempt of the command ended without an answer and may have been carried out; false when the command was certainly not carried out.
    /// </summary>
    public bool OutcomeUnknown { get; }
}
