using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NexaLoak.Orchestrator.Emulator.Faults;
using NexaLoak.Orchestrator.Emulator.Journal;

namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>Carries out requests that were let in.</summary>
internal sealed class ApiRouter(EmulatedZone zone, CloudflareEmulatorOptions options)
{
    private const int MaxZonePage = 50;
    private const int MaxRecordPage = 5000;

    private readonly RecordOperations _operations = new(zone.Name, options.RecordQuota);

    /// <summary>Carries a request out.</summary>
    /// <exception cref="ApiException">It is refused, and nothing was changed.</exception>
    public ApiResponse Handle(ApiRequest request, ListView view) => request.Segments switch
    {
        ["user", "tokens", "verify"] => request.Method == "GET" ? VerifyToken() : throw ApiErrors.MethodNotAllowed(request.Method),
        ["zones"] => request.Method == "GET" ? ListZones(request, view) : throw ApiErrors.MethodNotAllowed(request.Method),
        ["zones", var id] when IsId(id) => request.Method == "GET" ? ShowZone(id) : throw ApiErrors.MethodNotAllowed(request.Method),
        ["zones", var id, "dns_records"] when IsId(id) => HandleRecords(RequireZone(request, id), view),
        ["zones", var id, "dns_records", "batch"] when IsId(id) => HandleBatch(RequireZone(request, id)),
        ["zones", var id, "dns_records", var record] when IsId(id) && IsId(record) => HandleRecord(RequireZone(request, id), record),
        _ => throw ApiErrors.NoRoute(request.Path),
    };

    /// <summary>Whether the request asks about the token itself.</summary>
    public static bool VerifiesToken(ApiRequest request) => request.Segments is ["user", "tokens", "verify"];

    private static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    private static ApiResponse VerifyToken() => ApiResponse.Of(
        new JsonObject { ["id"] = "ed17574386854bf78a67040be0a770b0", ["status"] = "active" },
        resultInfo: null,
        new JsonObject { ["code"] = 10000, ["message"] = "This API Token is valid and active", ["type"] = null });

    private ApiResponse ListZones(ApiRequest request, ListView view)
    {
        bool matches = (request.Parameter("name") ?? zone.Name).Equals(zone.Name, StringComparison.OrdinalIgnoreCase)
            && (request.Parameter("status") ?? "active") == "active"
            && (request.Parameter("account.id") ?? EmulatedZone.AccountId) == EmulatedZone.AccountId;
        EmulatedZone[] zones = matches ? [zone] : [];
        return ResultPage.Of(request, zones, RecordJson.Of, defaultSize: 20, view.MaxPageSize ?? MaxZonePage);
    }

    private ApiResponse ShowZone(string id) => id == zone.Id ? ApiResponse.Of(RecordJson.Of(zone)) : throw ApiErrors.NotYourZone();

    private ApiRequest RequireZone(ApiRequest request, string id) => id == zone.Id ? request : throw ApiErrors.NotYourZone();

    private ApiResponse HandleRecords(ApiRequest request, ListView view)
    {
        switch (request.Method)
        {
            case "GET":
                EmulatedRecord[] records = [.. RecordQuery.Select(request, view.Records ?? zone.Records)];
                return ResultPage.Of(request, records, RecordJson.Of, defaultSize: 100, view.MaxPageSize ?? MaxRecordPage);
            case "POST":
                RecordInput input = RecordInput.Parse(Body(request));
                return Changed(zone.Change(transaction => _operations.Create(transaction, input)));
            default:
                throw ApiErrors.MethodNotAllowed(request.Method);
        }
    }

    private ApiResponse HandleRecord(ApiRequest request, string id)
    {
        switch (request.Method)
        {
            case "GET":
                return ApiResponse.Of(RecordJson.Of(zone.Records.FirstOrDefault(record => record.Id == id) ?? throw ApiErrors.NoSuchRecord()));
            case "PUT":
                RecordInput whole = RecordInput.Parse(Body(request));
                return Changed(zone.Change(transaction => _operations.Overwrite(transaction, id, whole)));
            case "PATCH":
                RecordInput part = RecordInput.Parse(Body(request));
                return Changed(zone.Change(transaction => _operations.Patch(transaction, id, part)));
            case "DELETE":
                var (deleted, changes) = zone.Change(transaction => RecordOperations.Delete(transaction, id));
                return ApiResponse.Of(new JsonObject { ["id"] = deleted.Id }) with { Changes = changes };
            default:
                throw ApiErrors.MethodNotAllowed(request.Method);
        }
    }

    private ApiResponse HandleBatch(ApiRequest request)
    {
        if (request.Method != "POST")
        {
            throw ApiErrors.MethodNotAllowed(request.Method);
        }

        JsonElement body = Body(request);
        List<RecordInput> deletes = Inputs(body, "deletes");
        List<RecordInput> patches = Inputs(body, "patches");
        List<RecordInput> puts = Inputs(body, "puts");
        List<RecordInput> posts = Inputs(body, "posts");
        if (deletes.Count + patches.Count + puts.Count + posts.Count > options.BatchLimit)
        {
            throw ApiErrors.BatchTooLarge(options.BatchLimit);
        }

        var (result, changes) = zone.Change(transaction => new JsonObject
        {
            ["deletes"] = Each(deletes, input => RecordOperations.Delete(transaction, Id(input))),
            ["patches"] = Each(patches, input => _operations.Patch(transaction, Id(input), input)),
            ["puts"] = Each(puts, input => _operations.Overwrite(transaction, Id(input), input)),
            ["posts"] = Each(posts, input => _operations.Create(transaction, input)),
        });
        return ApiResponse.Of(result) with { Changes = changes };

        static JsonArray Each(List<RecordInput> inputs, Func<RecordInput, EmulatedRecord> operation)
            => new([.. inputs.Select(input => RecordJson.Of(operation(input)))]);

        static string Id(RecordInput input) => input.Id ?? throw ApiErrors.InvalidBody();
    }

    private static List<RecordInput> Inputs(JsonElement body, string name)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw ApiErrors.InvalidBody();
        }

        if (!body.TryGetProperty(name, out JsonElement list) || list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(RecordInput.Parse)] : throw ApiErrors.InvalidBody();
    }

    private static ApiResponse Changed((EmulatedRecord Record, ImmutableArray<JournalChange> Changes) change)
        => ApiResponse.Of(RecordJson.Of(change.Record)) with { Changes = change.Changes };

    private static JsonElement Body(ApiRequest request)
    {
        try
        {
            return JsonElement.Parse(request.Body);
        }
        catch (JsonException)
        {
            throw ApiErrors.InvalidBody();
        }
    }
}
