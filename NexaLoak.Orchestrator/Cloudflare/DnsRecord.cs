namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>A record of a zone, as far as it matters here.</summary>
internal sealed record DnsRecord
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The full name, in lower case, without a dot at its end.</summary>
    public required string Name { get; init; }

    /// <summary><c>A</c>, <c>AAAA</c>, …</summary>
    public required string Type { get; init; }

    /// <summary>The record's data as text.</summary>
    public required string Content { get; init; }

    /// <summary>Time to live in seconds; 1 lets Cloudflare choose.</summary>
    public required int Ttl { get; init; }

    /// <summary>Whether Cloudflare answers with its own addresses.</summary>
    public bool Proxied { get; init; }

    /// <summary>The note that someone left at the record.</summary>
    public string? Comment { get; init; }
}
