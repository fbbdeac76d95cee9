namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>The answer to a query.</summary>
internal sealed record DnsAnswer
{
    /// <summary>What is said about the query.</summary>
    public required DnsResponseCode Code { get; init; }

    /// <summary>Whether the zone is this server's own.</summary>
    public bool IsAuthoritative { get; init; }

    /// <summary>The records asked for.</summary>
    public IReadOnlyList<DnsAnswerRecord> Answers { get; init; } = [];

    /// <summary>Records about the zone.</summary>
    public IReadOnlyList<DnsAnswerRecord> Authority { get; init; } = [];
}
