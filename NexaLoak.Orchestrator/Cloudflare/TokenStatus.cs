namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>What Cloudflare says about the token in use.</summary>
internal sealed record TokenStatus
{
    /// <summary>The token's id, which is no secret.</summary>
    public required string Id { get; init; }

    /// <summary><c>active</c>, <c>disabled</c> or <c>expired</c>.</summary>
    public required string Status { get; init; }

    /// <summary>When it expires, if it does.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }
}
