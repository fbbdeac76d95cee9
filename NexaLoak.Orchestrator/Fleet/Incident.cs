using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Something that an operator wants to know. Whoever shows incidents remembers the highest number it has shown.</summary>
/// <param name="Number">Its place among all incidents ever, from 1.</param>
/// <param name="TimeUnixMs">When, by the clock of whoever proposed the change.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Node">To which node.</param>
/// <param name="Address">The node's address, or the address that was assigned or unassigned.</param>
internal sealed record Incident(ulong Number, long TimeUnixMs, IncidentKind Kind, string Node, string Address);
