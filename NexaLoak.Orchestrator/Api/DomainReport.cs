namespace NexaLoak.Orchestrator.Api;

/// <summary>The domain, as the leader last recorded it.</summary>
/// <param name="Name">The domain.</param>
/// <param name="Addresses">Addresses of this cluster that it announces.</param>
/// <param name="ListedAt">When it was listed last; <c>null</c> before the first time.</param>
/// <param name="Frozen">Why changes are held back; <c>null</c> when they are not.</param>
/// <param name="Error">Why the last try failed; <c>null</c> when it did not.</param>
internal sealed record DomainReport(string Name, IReadOnlyList<string> Addresses, DateTimeOffset? ListedAt, string? Frozen, string? Error);
