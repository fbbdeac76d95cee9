namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Which records a list holds: those that match everything that is set.</summary>
internal sealed record DnsRecordFilter
{
    /// <summary>Only records of this type.</summary>
    public string? Type { get; init; }

    /// <summary>Only records of exactly this full name.</summary>
    public string? Name { get; init; }

    /// <summary>Only records with exactly this content.</summary>
    public string? Content { get; init; }

    /// <summary>Only records whose comment begins so.</summary>
    public string? CommentStart { get; init; }
}
