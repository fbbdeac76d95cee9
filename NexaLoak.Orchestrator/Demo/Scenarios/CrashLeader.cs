namespace NexaLoak.Orchestrator.Demo.Scenarios;

/// <summary>The leader is killed: another takes over, and the dead one's address leaves the domain within 15 s.</summary>
internal sealed class CrashLeader : IScenario
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public string Name => "crash-leader";

    /// <inheritdoc/>
    public async Task RunAsync(ScenarioContext context, CancellationToken cancellationToken)
        => await context.CrashAsync(await context.LeaderAsync(cancellationToken), Deadline, cancellationToken);
}
