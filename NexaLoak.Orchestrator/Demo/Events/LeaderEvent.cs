namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>A node leads in a new term.</summary>
/// <param name="Id">Name of the node.</param>
/// <param name="Term">The term.</param>
internal sealed record LeaderEvent(string Id, ulong Term) : DemoEvent
{
    /// <inheritdoc/>
    public override string ToString() => $"{Id} leads in term {Term}";
}
