namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Calls about zones.</summary>
internal sealed class ZonesClient(CloudflareConnection connection)
{
    private const int PageSize = 50;

    /// <summary>Records of zones.</summary>
    public DnsRecordsClient DnsRecords { get; } = new(connection);

    /// <summary>All zones that match. One that does not exist, or that the token may not see, is simply not among them.</summary>
    public Task<CloudflareResult<IReadOnlyList<Zone>>> GetAsync(ZoneFilter filter, CancellationToken cancellationToken)
    {
        var query = new QueryText().Add("name", filter.Name).Add("status", filter.Status);
        return connection.ReadAllAsync(
            "zones", query, PageSize, CloudflareJsonContext.Default.IReadOnlyListZone, static zone => zone.Id, cancellationToken);
    }
}
