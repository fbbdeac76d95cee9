namespace NexaLoak.Orchestrator.Api;

/// <summary>Something that an operator wants to know, as <c>GET /api/v1/incidents</c> lists it.</summary>
/// <param name="Number">Its place among all incidents ever, from 1.</param>
/// <param name="Time">When, by the clock of the node that reported it.</param>
/// <param name="Kind">What happened, such as <c>crashed</c>.</param>
/// <param name="Node">To which node.</param>
/// <param name="Address">The address it is about.</param>
internal sealed record IncidentStatus(ulong Number, DateTimeOffset Time, string Kind, string Node, string Address);
