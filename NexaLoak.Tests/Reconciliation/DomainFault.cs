using NexaLoak.Orchestrator.Dns;

namespace NexaLoak.Tests.Reconciliation;

/// <summary>What goes wrong with one request.</summary>
/// <param name="Failure">What the caller is told; <c>null</c> when it is told nothing until it gives up.</param>
/// <param name="IsApplied">Whether the request takes effect all the same.</param>
internal sealed record DomainFault(DnsException? Failure, bool IsApplied);
