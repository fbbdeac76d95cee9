namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>What came of a request, and so what its caller can do.</summary>
internal enum CloudflareOutcome
{
    /// <summary>Done as asked.</summary>
    Ok,

    /// <summary>The record to be created is there already.</summary>
    AlreadyDone,

    /// <summary>The token is missing, wrong, expired, filtered by address, or lacks a permission.</summary>
    Unauthorized,

    /// <summary>The request itself is refused; the same request will be again.</summary>
    Validation,

    /// <summary>Too many requests; see <see cref="CloudflareResult{T}.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>Not reached, timed out, a server error, or no readable answer. A write may or may not have happened.</summary>
    Transient,

    /// <summary>The object is not there.</summary>
    NotFound,

    /// <summary>The zone holds as many records as its plan allows.</summary>
    Quota,
}
