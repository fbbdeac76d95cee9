namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Which zones a list holds.</summary>
internal sealed record ZoneFilter
{
    /// <summary>Only the zone of this name.</summary>
    public string? Name { get; init; }

    /// <summary>Only zones in this state.</summary>
    public string? Status { get; init; }
}
