using NexaLoak.Orchestrator.Demo.Processes;

namespace NexaLoak.Orchestrator.Demo.Scenarios;

/// <summary>A follower is killed: its address leaves the domain within 10 s, and no other does.</summary>
internal sealed class CrashFollower : IScenario
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string Name => "crash-follower";

    /// <inheritdoc/>
    public Task RunAsync(ScenarioContext context, CancellationToken cancellationToken) => CrashAsync(context, cancellationToken);

    /// <summary>Lets it happen, on its own or as the beginning of another scenario.</summary>
    public static async Task CrashAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        DemoServer leader = await context.LeaderAsync(cancellationToken);
        DemoServer follower = context.Fleet.Alive.LastOrDefault(server => server != leader)
            ?? throw new DemoException("There is no follower to crash.");
        await context.CrashAsync(follower, Deadline, cancellationToken);
    }
}
