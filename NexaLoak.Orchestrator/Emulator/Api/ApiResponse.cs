using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using NexaLoak.Orchestrator.Emulator.Journal;

namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>An answer of the API, and what its request changed.</summary>
internal sealed record ApiResponse(int Status, JsonObject Body)
{
    /// <summary>The changes that the request made.</summary>
    public ImmutableArray<JournalChange> Changes { get; init; } = [];

    /// <summary>The time to wait before the next request.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>An answer with a result.</summary>
    public static ApiResponse Of(JsonNode result, JsonObject? resultInfo = null, params JsonNode[] messages)
    {
        var body = new JsonObject { ["result"] = result };
        if (resultInfo is not null)
        {
            body["result_info"] = resultInfo;
        }

        body["success"] = true;
        body["errors"] = new JsonArray();
        body["messages"] = new JsonArray(messages);
        return new ApiResponse(200, body);
    }

    /// <summary>The answer that refuses a request.</summary>
    public static ApiResponse Of(ApiException error)
    {
        JsonObject first = Message(error.Code, error.Message);
        if (error.Chain.Count > 0)
        {
            first["error_chain"] = new JsonArray([.. error.Chain.Select(static inner => Message(inner.Code, inner.Message))]);
        }

        var errors = new JsonArray(first);
        if (error.Second is { } second)
        {
            errors.Add((JsonNode)Message(second.Code, second.Message));
        }

        return new ApiResponse(
            error.Status,
            new JsonObject { ["result"] = null, ["success"] = false, ["errors"] = errors, ["messages"] = new JsonArray() })
        { RetryAfter = error.RetryAfter };
    }

    /// <summary>Time in the form of the API.</summary>
    public static string Timestamp(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Message(int code, string message) => new() { ["code"] = code, ["message"] = message };
}
