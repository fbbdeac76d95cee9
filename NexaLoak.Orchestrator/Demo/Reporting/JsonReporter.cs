using System.Text.Encodings.Web;
using System.Text.Json;
using NexaLoak.Orchestrator.Demo.Events;

namespace NexaLoak.Orchestrator.Demo.Reporting;

/// <summary>Writes one JSON object a line, each at once.</summary>
internal sealed class JsonReporter(TextWriter output) : IDemoReporter
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public void Report(DemoEvent happened)
    {
        lock (_gate)
        {
            output.WriteLine(JsonSerializer.Serialize(happened, Format));
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
