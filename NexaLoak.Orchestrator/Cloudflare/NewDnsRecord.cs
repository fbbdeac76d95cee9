namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>A record to be created, or the whole of a record that overwrites another.</summary>
internal sealed record NewDnsRecord
{
    /// <summary>Of a record that is overwritten in a batch: its id.</summary>
    public string? Id { get; init; }

    /// <summary><c>A</c>, <c>AAAA</c>, …</summary>
    public required string Type { get; init; }

    /// <summary>The full name.</summary>
    public required string Name { get; init; }

    /// <summary>The record's data as text.</summary>
    public required string Content { get; init; }

    /// <summary>Time to live: 60 to 86400 seconds, or 1 to let Cloudflare choose.</summary>
    public int Ttl { get; init; } = 1;

    /// <summary>Whether Cloudflare answers with its own addresses.</summary>
    public bool Proxied { get; init; }

    /// <summary>A note, at most 100 characters on the free plan.</summary>
    public string? Comment { get; init; }
}
