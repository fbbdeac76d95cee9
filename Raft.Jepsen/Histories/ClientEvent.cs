namespace Raft.Jepsen.Histories;

/// <summary>The beginning or the end of a client's operation.</summary>
/// <param name="Index">Number of the line.</param>
/// <param name="TimeNs">When it happened.</param>
/// <param name="Process">Number of the client process: it has one operation open at a time, and a new number after an unknown outcome.</param>
/// <param name="Type">Beginning or kind of end.</param>
/// <param name="Request">What is asked; the same at the end as at the beginning, but for the node.</param>
internal sealed record ClientEvent(long Index, long TimeNs, long Process, EventType Type, ClientRequest Request) : HistoryEvent(Index, TimeNs)
{
    /// <summary>What an <see cref="EventType.Ok"/> read saw; <c>null</c> when the key was absent, and with everything that is no such read.</summary>
    public HistoryValue? Seen { get; init; }

    /// <summary>What the state machine answered, such as the index at which it applied a command; <c>null</c> when that is not recorded.</summary>
    public string? Reply { get; init; }

    /// <summary>Which start of the node answered; another number after each of its restarts. <c>null</c> when that is not known.</summary>
    public long? NodeRun { get; init; }

    /// <summary>Why it failed, or why nobody knows.</summary>
    public string? Error { get; init; }
}
