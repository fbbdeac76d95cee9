namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Which part of a list an answer holds.</summary>
internal sealed record ResultInfo
{
    /// <summary>Number of the page, from 1.</summary>
    public required int Page { get; init; }

    /// <summary>Most objects of a page.</summary>
    public required int PerPage { get; init; }

    /// <summary>Objects of this page.</summary>
    public required int Count { get; init; }

    /// <summary>Objects of all pages.</summary>
    public required int TotalCount { get; init; }

    /// <summary>Number of pages; some lists leave it out.</summary>
    public int? TotalPages { get; init; }
}
