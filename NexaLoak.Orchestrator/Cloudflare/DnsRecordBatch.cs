namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Changes that happen together or not at all, in the order of the members. At most 200 on the free plan.</summary>
internal sealed record DnsRecordBatch
{
    /// <summary>Records to delete.</summary>
    public IReadOnlyList<ObjectId> Deletes { get; init; } = [];

    /// <summary>Records to change in part.</summary>
    public IReadOnlyList<ModifiedDnsRecord> Patches { get; init; } = [];

    /// <summary>Records to overwrite.</summary>
    public IReadOnlyList<NewDnsRecord> Puts { get; init; } = [];

    /// <summary>Records to create.</summary>
    public IReadOnlyList<NewDnsRecord> Posts { get; init; } = [];
}
