using System.Collections.Immutable;

namespace NexaLoak.Orchestrator.Emulator.Faults;

/// <summary>How faults change what a list shows.</summary>
/// <param name="Records">The records to list instead of the zone's; <c>null</c> for the zone's.</param>
/// <param name="MaxPageSize">Most objects of a page, when a fault limits them.</param>
internal sealed record ListView(ImmutableArray<EmulatedRecord>? Records, int? MaxPageSize);
