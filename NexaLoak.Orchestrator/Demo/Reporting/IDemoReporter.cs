using NexaLoak.Orchestrator.Demo.Events;

namespace NexaLoak.Orchestrator.Demo.Reporting;

/// <summary>Shows the demo's events. Safe to call from any thread.</summary>
internal interface IDemoReporter : IAsyncDisposable
{
    /// <summary>Shows one event.</summary>
    void Report(DemoEvent happened);
}
