using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>An effect outside the cluster, from its committed intent to its outcome. Times are milliseconds since 1970-01-01 UTC.</summary>
internal sealed record Operation
{
    /// <summary>Its place among all operations ever begun, from 1.</summary>
    public required ulong Generation { get; init; }

    /// <summary>Stays the same over all attempts.</summary>
    public required string Id { get; init; }

    /// <summary>What is to be done, and to what.</summary>
    public required OperationSubject Subject { get; init; }

    /// <summary>Why a record is deleted; unspecified for other kinds.</summary>
    public UnassignReason Reason { get; init; }

    /// <summary>How far it is.</summary>
    public required OperationState State { get; init; }

    /// <summary>Term of the leader that made the last attempt.</summary>
    public required ulong Term { get; init; }

    /// <summary>Number of the last attempt, from 1.</summary>
    public required uint Attempt { get; init; }

    /// <summary>When the intent was committed first.</summary>
    public required long BegunUnixMs { get; init; }

    /// <summary>When <see cref="State"/> changed last.</summary>
    public required long ChangedUnixMs { get; init; }

    /// <summary>When a failed operation may be tried again; 0 otherwise.</summary>
    public long RetryUnixMs { get; init; }

    /// <summary>Why it failed or was abandoned; empty otherwise.</summary>
    public string Note { get; init; } = "";

    /// <summary>True while an outcome is missing.</summary>
    public bool IsUnfinished => State is OperationState.Running or OperationState.Failed;
}
