namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>A server's address came into the domain.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Ip">The address.</param>
internal sealed record AssignedEvent(string Node, string Ip) : DemoEvent
{
    /// <inheritdoc/>
    public override string ToString() => $"{Ip} of {Node} is in the domain";
}
