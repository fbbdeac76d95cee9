using System.Globalization;
using NexaLoak.Orchestrator.Demo.Events;

namespace NexaLoak.Orchestrator.Demo.Reporting;

/// <summary>Writes one plain line for each event, where there is no terminal to draw on.</summary>
internal sealed class LineReporter(TextWriter output) : IDemoReporter
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public void Report(DemoEvent happened)
    {
        lock (_gate)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{happened.Time:HH:mm:ss.fff} {happened}"));
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
