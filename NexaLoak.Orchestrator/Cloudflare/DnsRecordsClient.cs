namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Calls about the records of a zone. Writes are sent once and never again: after an unclear one, list.</summary>
internal sealed class DnsRecordsClient(CloudflareConnection connection)
{
    /// <summary>All records that match, from all pages, or a failure; never a part.</summary>
    public Task<CloudflareResult<IReadOnlyList<DnsRecord>>> GetAsync(string zoneId, DnsRecordFilter filter, CancellationToken cancellationToken)
    {
        var query = new QueryText()
            .Add("type", filter.Type)
            .Add("name.exact", filter.Name)
            .Add("content.exact", filter.Content)
            .Add("comment.startswith", filter.CommentStart);
        return connection.ReadAllAsync(
            Path(zoneId),
            query,
            connection.PageSize,
            CloudflareJsonContext.Default.IReadOnlyListDnsRecord,
            static record => record.Id,
            cancellationToken);
    }

    /// <summary>One record.</summary>
    public Task<CloudflareResult<DnsRecord>> GetDetailsAsync(string zoneId, string recordId, CancellationToken cancellationToken)
        => connection.ReadAsync(Path(zoneId, recordId), CloudflareJsonContext.Default.DnsRecord, cancellationToken);

    /// <summary>Creates a record.</summary>
    public Task<CloudflareResult<DnsRecord>> AddAsync(string zoneId, NewDnsRecord record, WriteOrigin? origin, CancellationToken cancellationToken)
        => connection.WriteAsync(
            HttpMethod.Post,
            Path(zoneId),
            JsonBody.Of(record, CloudflareJsonContext.Default.NewDnsRecord),
            CloudflareJsonContext.Default.DnsRecord,
            origin,
            cancellationToken);

    /// <summary>Changes a record in part.</summary>
    public async Task<CloudflareResult<DnsRecord>> UpdateAsync(
        string zoneId, string recordId, ModifiedDnsRecord change, WriteOrigin? origin, CancellationToken cancellationToken)
    {
        CloudflareResult<DnsRecord> result = await connection.WriteAsync(
            HttpMethod.Patch,
            Path(zoneId, recordId),
            JsonBody.Of(change, CloudflareJsonContext.Default.ModifiedDnsRecord),
            CloudflareJsonContext.Default.DnsRecord,
            origin,
            cancellationToken);
        return WithoutAlreadyDone(result);
    }

    /// <summary>Deletes a record. One that is gone already gives <see cref="CloudflareOutcome.NotFound"/>.</summary>
    public Task<CloudflareResult<ObjectId>> DeleteAsync(string zoneId, string recordId, WriteOrigin? origin, CancellationToken cancellationToken)
        => connection.WriteAsync(
            HttpMethod.Delete, Path(zoneId, recordId), JsonBody.Empty(), CloudflareJsonContext.Default.ObjectId, origin, cancellationToken);

    /// <summary>Makes several changes, all or none.</summary>
    public async Task<CloudflareResult<DnsRecordBatchResult>> BatchAsync(
        string zoneId, DnsRecordBatch batch, WriteOrigin? origin, CancellationToken cancellationToken)
    {
        CloudflareResult<DnsRecordBatchResult> result = await connection.WriteAsync(
            HttpMethod.Post,
            Path(zoneId, "batch"),
            JsonBody.Of(batch, CloudflareJsonContext.Default.DnsRecordBatch),
            CloudflareJsonContext.Default.DnsRecordBatchResult,
            origin,
            cancellationToken);
        return WithoutAlreadyDone(result);
    }

    /// <summary>A record in the way of a change or of one part of a batch means that nothing was done.</summary>
    private static CloudflareResult<T> WithoutAlreadyDone<T>(CloudflareResult<T> result)
        where T : class
        => result.Outcome == CloudflareOutcome.AlreadyDone ? result with { Outcome = CloudflareOutcome.Validation } : result;

    private static string Path(string zoneId) => $"zones/{Uri.EscapeDataString(zoneId)}/dns_records";

    private static string Path(string zoneId, string last) => $"{Path(zoneId)}/{Uri.EscapeDataString(last)}";
}
