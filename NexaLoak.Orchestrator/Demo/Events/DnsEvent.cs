namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>DNS answers differently than before.</summary>
/// <param name="Addresses">All addresses of the domain now.</param>
internal sealed record DnsEvent(IReadOnlyList<string> Addresses) : DemoEvent
{
    /// <inheritdoc/>
    public override string ToString() => $"DNS answers {(Addresses.Count == 0 ? "nothing" : string.Join(" ", Addresses))}";
}
