namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>The records that a <see cref="DnsRecordBatch"/> deleted, changed, overwrote and created.</summary>
internal sealed record DnsRecordBatchResult
{
    public IReadOnlyList<DnsRecord>? Deletes { get; init; }

    public IReadOnlyList<DnsRecord>? Patches { get; init; }

    public IReadOnlyList<DnsRecord>? Puts { get; init; }

    public IReadOnlyList<DnsRecord>? Posts { get; init; }
}
