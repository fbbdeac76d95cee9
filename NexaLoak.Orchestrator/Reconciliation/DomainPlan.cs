using System.Collections.Immutable;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>What is to be changed in the domain, in this order.</summary>
/// <param name="Changes">The changes; additions first, so that the domain never gets smaller than it has to.</param>
/// <param name="Frozen">Why further changes are held back; empty when none are.</param>
/// <param name="Warnings">What an operator should look at, one line each.</param>
internal sealed record DomainPlan(ImmutableArray<DomainChange> Changes, string Frozen, ImmutableArray<string> Warnings);
