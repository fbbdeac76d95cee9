namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>A zone of the account.</summary>
internal sealed record Zone
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The domain name, in lower case.</summary>
    public required string Name { get; init; }

    /// <summary><c>active</c>, <c>pending</c>, …</summary>
    public required string Status { get; init; }
}
