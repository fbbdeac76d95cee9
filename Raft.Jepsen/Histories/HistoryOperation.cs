namespace Raft.Jepsen.Histories;

/// <summary>An operation of a client, from its beginning to its end.</summary>
/// <param name="Invocation">The line with which it begins.</param>
/// <param name="Completion">The line with which it ends; <c>null</c> when the history has none.</param>
internal sealed record HistoryOperation(ClientEvent Invocation, ClientEvent? Completion)
{
    public ClientRequest Request => Invocation.Request;

    public long Process => Invocation.Process;

    public Outcome Outcome => Completion?.Type switch
    {
        EventType.Ok => Outcome.Ok,
        EventType.Fail => Outcome.Fail,
        _ => Outcome.Unknown,
    };

    /// <summary>The line from which on it can take effect.</summary>
    public long InvokedAt => Invocation.Index;

    /// <summary>The line by which it has taken effect; <see cref="long.MaxValue"/> when its outcome is unknown.</summary>
    public long EffectiveBy => Outcome == Outcome.Unknown ? long.MaxValue : Completion!.Index;

    /// <summary>What a read saw; <c>null</c> when the key was absent, and with everything that is no successful read.</summary>
    public HistoryValue? Seen => Completion?.Seen;

    /// <summary>The node that answered or, without an answer, was asked; <c>null</c> when that is not known.</summary>
    public ulong? Node => Completion?.Request.Node ?? Request.Node;
}
