using System.Net;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>One node of a <see cref="FleetPlan"/>.</summary>
/// <param name="Name">Its name, unique in the fleet.</param>
/// <param name="Address">Its public address.</param>
internal sealed record PlannedNode(string Name, IPAddress Address);
