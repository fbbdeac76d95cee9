namespace NexaLoak.Orchestrator.Dns;

/// <summary>What kind of failure a DNS provider reported, and so what helps.</summary>
internal enum DnsFailure
{
    /// <summary>Not reached, a server error, or no readable answer: the outcome is unknown, try again after listing.</summary>
    Transient,

    /// <summary>Too many requests: wait as told.</summary>
    RateLimited,

    /// <summary>The token is wrong or lacks a permission: only the operator can help.</summary>
    Unauthorized,

    /// <summary>The zone or domain is not there for this token: only the operator can help.</summary>
    NotFound,

    /// <summary>The provider refuses the request itself.</summary>
    Invalid,

    /// <summary>The zone is full.</summary>
    Quota,
}
