using NexaLoak.Orchestrator.Demo.Processes;

namespace NexaLoak.Orchestrator.Demo.Scenarios;

/// <summary>
/// Dead servers come back on their old data and are announced again; then all are killed at once and come back. Each time every node
/// reaches the same state, and nothing that was committed is lost.
/// </summary>
internal sealed class Restart : IScenario
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public string Name => "restart";

    /// <inheritdoc/>
    public async Task RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        DemoFleet fleet = context.Fleet;
        if (fleet.Alive.Count == fleet.Servers.Count)
        {
            await CrashFollower.CrashAsync(context, cancellationToken);
        }

        await fleet.RestartAsync([.. fleet.Servers.Except(fleet.Alive)]);
        await context.HealthyAsync(Deadline, cancellationToken);
        ulong committed = await context.EqualStatesAsync(atLeast: 0, Deadline, cancellationToken);

        await Task.WhenAll(fleet.Servers.Select(server => server.KillAsync()));
        foreach (DemoServer server in fleet.Servers)
        {
            fleet.Board.SetNode(server.Name, null);
        }

        await fleet.RestartAsync(fleet.Servers);
        await context.HealthyAsync(Deadline, cancellationToken);
        await context.EqualStatesAsync(committed, Deadline, cancellationToken);
    }
}
