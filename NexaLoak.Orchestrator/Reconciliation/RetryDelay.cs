using NexaLoak.Orchestrator.Dns;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>How long to wait after a failure of the DNS provider.</summary>
internal static class RetryDelay
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The wait after a failed attempt.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="attempt">Number of the attempt, from 1.</param>
    /// <param name="options">The bounds.</param>
    public static TimeSpan After(DnsException failure, uint attempt, ReconcilerOptions options)
    {
        switch (failure.Failure)
        {
            case DnsFailure.Transient:
                return Doubled(attempt, options);
            case DnsFailure.RateLimited:
                TimeSpan asked = failure.RetryAfter ?? options.MaxRetryInterval;
                return asked < options.RetryInterval ? options.RetryInterval : asked > Longest ? Longest : asked;
            default:
                return options.MaxRetryInterval;
        }
    }

    private static TimeSpan Doubled(uint attempt, ReconcilerOptions options)
    {
        double factor = Math.Pow(2, Math.Min(attempt, 30) - 1d);
        return factor >= options.MaxRetryInterval / options.RetryInterval ? options.MaxRetryInterval : options.RetryInterval * factor;
    }
}
