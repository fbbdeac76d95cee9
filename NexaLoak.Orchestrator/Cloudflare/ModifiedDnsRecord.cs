namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>What to change at a record; what is <c>null</c> stays.</summary>
internal sealed record ModifiedDnsRecord
{
    /// <summary>In a batch: which record.</summary>
    public string? Id { get; init; }

    /// <summary>The new full name.</summary>
    public string? Name { get; init; }

    /// <summary>The new data.</summary>
    public string? Content { get; init; }

    /// <summary>The new time to live in seconds.</summary>
    public int? Ttl { get; init; }

    /// <summary>Whether Cloudflare answers with its own addresses.</summary>
    public bool? Proxied { get; init; }

    /// <summary>The new note.</summary>
    public string? Comment { get; init; }
}
