using NexaLoak.Orchestrator.Dns;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>How a round ended: with a content that needs no change now, with a failure, or with neither, when it has to start again.</summary>
internal readonly record struct RoundResult(DomainContent? Content, DnsException? Failure)
{
    /// <summary>Nothing is left to do.</summary>
    public static RoundResult Settled(DomainContent content) => new(content, null);

    /// <summary>Nothing more can be done for now.</summary>
    public static RoundResult Failed(DnsException failure) => new(null, failure);

    /// <summary>The domain has to be listed anew.</summary>
    public static RoundResult Again => default;
}
