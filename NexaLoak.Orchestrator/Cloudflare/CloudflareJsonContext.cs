using System.Text.Json.Serialization;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>The JSON of the API: strict about types and missing members, indifferent to members that the client does not use.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CloudflareEnvelope))]
[JsonSerializable(typeof(IReadOnlyList<Zone>))]
[JsonSerializable(typeof(IReadOnlyList<DnsRecord>))]
[JsonSerializable(typeof(NewDnsRecord))]
[JsonSerializable(typeof(ModifiedDnsRecord))]
[JsonSerializable(typeof(ObjectId))]
[JsonSerializable(typeof(DnsRecordBatch))]
[JsonSerializable(typeof(DnsRecordBatchResult))]
[JsonSerializable(typeof(TokenStatus))]
internal sealed partial class CloudflareJsonContext : JsonSerializerContext;
