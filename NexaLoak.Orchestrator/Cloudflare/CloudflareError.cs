namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>One error of an answer.</summary>
internal sealed record CloudflareError
{
    /// <summary>Cloudflare's number of the error.</summary>
    public required int Code { get; init; }

    /// <summary>What Cloudflare says about it.</summary>
    public string? Message { get; init; }

    /// <summary>More precise errors below this one.</summary>
    public IReadOnlyList<CloudflareError>? ErrorChain { get; init; }

    /// <summary>This error and those below it.</summary>
    public IEnumerable<CloudflareError> Flatten() => (ErrorChain ?? []).SelectMany(static inner => inner.Flatten()).Prepend(this);
}
