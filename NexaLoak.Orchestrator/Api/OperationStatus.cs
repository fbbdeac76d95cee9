namespace NexaLoak.Orchestrator.Api;

/// <summary>One operation on the domain.</summary>
/// <param name="Id">Its id, the same over all attempts.</param>
/// <param name="Kind"><c>assignIp</c> or <c>unassignIp</c>.</param>
/// <param name="Node">The node it is about.</param>
/// <param name="Address">The address it is about.</param>
/// <param name="State"><c>running</c>, <c>done</c>, <c>failed</c> or <c>abandoned</c>.</param>
/// <param name="Term">Raft term of the last attempt.</param>
/// <param name="Attempt">Number of the last attempt, from 1.</param>
/// <param name="ChangedAt">When its state changed last.</param>
/// <param name="Note">Why it failed or was abandoned; <c>null</c> otherwise.</param>
internal sealed record OperationStatus(
    string Id, string Kind, string Node, string Address, string State, ulong Term, uint Attempt, DateTimeOffset ChangedAt, string? Note);
