using NexaLoak.Orchestrator.Api;
using NexaLoak.Orchestrator.Demo.Observation;
using NexaLoak.Orchestrator.Demo.Processes;

namespace NexaLoak.Orchestrator.Demo.Scenarios;

/// <summary>The fleet as scenarios act on it, and the expectations that they share.</summary>
/// <param name="fleet">The servers and what is seen of them.</param>
/// <param name="deletions">Counts the deletions of an address's records that the DNS provider carried out.</param>
internal sealed class ScenarioContext(DemoFleet fleet, Func<string, int> deletions)
{
    private static readonly TimeSpan ElectionPatience = TimeSpan.FromSeconds(15);

    /// <summary>The fleet.</summary>
    public DemoFleet Fleet => fleet;

    private FleetBoard Board => fleet.Board;

    /// <summary>Waits until a living node leads.</summary>
    public async Task<DemoServer> LeaderAsync(CancellationToken cancellationToken)
    {
        await ExpectAsync(() => fleet.Leader is { IsAlive: true }, ElectionPatience, "no node leads", cancellationToken);
        return fleet.Leader ?? throw new DemoException("The leader vanished.");
    }

    /// <summary>
    /// Kills a server: its address has to leave the domain in time, its record deleted once, and no living server's address may leave.
    /// </summary>
    public async Task CrashAsync(DemoServer server, TimeSpan deadline, CancellationToken cancellationToken)
    {
        int deletedBefore = deletions(server.Address);
        await server.KillAsync();
        Board.SetNode(server.Name, null);
        await ExpectAsync(
            () => !Board.Dns.Contains(server.Address),
            deadline,
            $"{server.Address} of the dead {server.Name} is still in the domain",
            cancellationToken);
        if (deletions(server.Address) - deletedBefore is not 1 and int times)
        {
            throw new DemoException($"The record of {server.Address} was deleted {times} times instead of once.");
        }

        await ExpectAsync(() => fleet.Leader is { IsAlive: true }, ElectionPatience, "no node leads", cancellationToken);
    }

    /// <summary>Waits until every server lives and is in the domain, and there is a leader that hears them all.</summary>
    public async Task HealthyAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        await ExpectAsync(
            () => fleet.Leader is { IsAlive: true } && fleet.Servers.All(server => server.IsAlive && Board.Dns.Contains(server.Address)),
            deadline, "not every address is back in the domain", cancellationToken);
        await ExpectAsync(() => AllHealthy(Board.Leader), deadline, "the leader does not find every node healthy", cancellationToken);
    }

    /// <summary>Waits until all nodes show the same state at the same index.</summary>
    /// <param name="atLeast">An index that was reached before and so must be part of it.</param>
    /// <param name="deadline">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The index.</returns>
    public async Task<ulong> EqualStatesAsync(ulong atLeast, TimeSpan deadline, CancellationToken cancellationToken)
    {
        ulong index = 0;
        await ExpectAsync(
            () =>
            {
                StateStatus[] states = [.. Board.Nodes.Values.Select(node => node.State)];
                index = states.Length == 0 ? 0 : states[0].AppliedIndex;
                return states.Length == fleet.Servers.Count && states.Distinct().Count() == 1 && index >= atLeast;
            },
            deadline, $"the nodes do not reach the same state at the same index of at least {atLeast}", cancellationToken);
        return index;
    }

    private bool AllHealthy(NodeStatus? leader) =>
        leader is not null
        && leader.Nodes.Count == fleet.Servers.Count
        && leader.Nodes.All(node => node is { Health: "healthy", Control: "reachable" });

    private async Task ExpectAsync(Func<bool> holds, TimeSpan deadline, string otherwise, CancellationToken cancellationToken)
    {
        bool inTime = await Board.WaitAsync(() => fleet.Violation is not null || holds(), deadline, cancellationToken);
        if (fleet.Violation is { } violation)
        {
            throw new DemoException($"{violation}.");
        }

        if (!inTime)
        {
            throw new DemoException(
                $"After {deadline.TotalSeconds:0} s {otherwise} (DNS: {string.Join(" ", Board.Dns)}; answering: "
                    + $"{string.Join(" ", Board.Nodes.Keys.Order(StringComparer.Ordinal))}).");
        }
    }
}
