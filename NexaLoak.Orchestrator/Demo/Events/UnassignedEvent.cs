using System.Text.Json.Serialization;

namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>A server's address left the domain.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Ip">The address.</param>
/// <param name="Ms">Milliseconds since the node was killed; <c>null</c> when it was not.</param>
internal sealed record UnassignedEvent(
    string Node,
    string Ip,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Ms) : DemoEvent
{
    /// <inheritdoc/>
    public override string ToString()
        => Ms is { } ms ? $"{Ip} of {Node} left the domain {ms} ms after the kill" : $"{Ip} of {Node} left the domain";
}
