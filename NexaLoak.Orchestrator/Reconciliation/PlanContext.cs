using System.Collections.Immutable;
using NexaLoak.Orchestrator.Fleet;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>What a plan depends on beside the fleet and the records.</summary>
/// <param name="Cluster">Id of this cluster.</param>
/// <param name="Term">Term of the leader that plans.</param>
/// <param name="MinPublishedShare">See <see cref="ReconcilerOptions.MinPublishedShare"/>.</param>
/// <param name="Deferred">What failed and waits for its next try: left out of the plan, and not counted on.</param>
internal sealed record PlanContext(string Cluster, ulong Term, double MinPublishedShare, ImmutableHashSet<OperationSubject> Deferred);
