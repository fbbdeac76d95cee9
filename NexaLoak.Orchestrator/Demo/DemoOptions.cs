using NexaLoak.Orchestrator.Demo.Scenarios;

namespace NexaLoak.Orchestrator.Demo;

/// <summary>What a demo is to do.</summary>
/// <param name="Nodes">How many servers.</param>
/// <param name="Scenarios">The scenarios to run, in order.</param>
/// <param name="Once">End after the scenarios.</param>
/// <param name="Json">Write JSON instead of a table.</param>
internal sealed record DemoOptions(int Nodes, IReadOnlyList<IScenario> Scenarios, bool Once, bool Json);
