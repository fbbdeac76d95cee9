using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Health;

/// <summary>Lets the live nodes vote on whether a service is up.</summary>
internal static class ServiceElectorate
{
    /// <summary>
    /// What a majority of the live nodes reports about a node's service; unknown without a majority. A node's own word counts only when nobody
    /// else is alive: a port that answers locally may be cut off from everybody.
    /// </summary>
    /// <param name="fleet">The state with the reports.</param>
    /// <param name="target">The node whose service is in question.</param>
    /// <param name="isLive">Whether a node's reports are current.</param>
    public static ServiceState Judge(FleetData fleet, string target, Func<FleetNode, bool> isLive)
    {
        List<string> voters = [.. fleet.Nodes.Values.Where(node => node.Name != target && isLive(node)).Select(node => node.Name)];
        if (voters.Count == 0 && fleet.Nodes.TryGetValue(target, out FleetNode? self) && isLive(self))
        {
            voters.Add(target);
        }

        int up = Count(ServiceState.Up);
        int down = Count(ServiceState.Down);
        return up > voters.Count / 2 ? ServiceState.Up
            : down > voters.Count / 2 ? ServiceState.Down
            : ServiceState.Unknown;

        int Count(ServiceState state) => voters.Count(voter => fleet.Reports.GetValueOrDefault(new ReportKey(voter, target))?.State == state);
    }

    /// <summary>The same, by the replicated verdicts on who is reachable.</summary>
    public static ServiceState Judge(FleetData fleet, string target) => Judge(fleet, target, node => node.Control == ControlState.Reachable);
}
