namespace NexaLoak.Orchestrator.Demo.Scenarios;

/// <summary>The scenarios that the command line knows.</summary>
internal static class ScenarioCatalog
{
    /// <summary>Stands for all of them, one after the other.</summary>
    public const string All = "all";

    private static readonly IScenario[] Scenarios = [new CrashFollower(), new CrashLeader(), new Restart()];

    /// <summary>Every name that can be given.</summary>
    public static IReadOnlyList<string> Names => [.. Scenarios.Select(scenario => scenario.Name), All];

    /// <summary>The scenarios that a name stands for.</summary>
    public static IReadOnlyList<IScenario> Find(string? name)
        => name == All ? Scenarios : [.. Scenarios.Where(scenario => scenario.Name == name)];
}
