using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>An operation of a history that is being made up.</summary>
internal sealed record TimedOperation(ClientRequest Request, long Begin)
{
    /// <summary>The process; a new one for each operation when it is <c>null</c>.</summary>
    public long? Process { get; init; }

    /// <summary>When it ends; <c>null</c> for never.</summary>
    public long? End { get; init; }

    public EventType EndType { get; init; } = EventType.Ok;

    public HistoryValue? Seen { get; init; }

    public string? Reply { get; init; }

    public long? NodeRun { get; init; }
}
