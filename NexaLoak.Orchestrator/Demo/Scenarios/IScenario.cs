namespace NexaLoak.Orchestrator.Demo.Scenarios;

/// <summary>Something that befalls the fleet, and what the fleet must make of it.</summary>
internal interface IScenario
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>Lets it happen, and waits for what must follow.</summary>
    /// <exception cref="DemoException">It did not follow.</exception>
    Task RunAsync(ScenarioContext context, CancellationToken cancellationToken);
}
