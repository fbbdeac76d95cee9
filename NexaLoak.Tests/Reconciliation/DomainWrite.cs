namespace NexaLoak.Tests.Reconciliation;

/// <summary>One write request that arrived.</summary>
internal sealed record DomainWrite(string Kind, string Address, string RecordId, ulong Term, bool IsApplied);
