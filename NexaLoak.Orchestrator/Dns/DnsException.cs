namespace NexaLoak.Orchestrator.Dns;

/// <summary>A DNS provider did not do what it was asked. The message is one line, for an operator, and holds no secret.</summary>
internal sealed class DnsException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DnsException(DnsFailure failure, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Failure = failure;
        RetryAfter = retryAfter;
    }

    /// <summary>What kind of failure it is.</summary>
    public DnsFailure Failure { get; }

    /// <summary>How long the provider asked to wait, if it did.</summary>
    public TimeSpan? RetryAfter { get; }
}
