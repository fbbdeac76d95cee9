using System.Globalization;
using System.Text.Json.Nodes;

namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>Cuts lists into pages.</summary>
internal static class ResultPage
{
    /// <summary>The page that the request asks for. A page size out of bounds is drawn to the nearest bound.</summary>
    public static ApiResponse Of<T>(ApiRequest request, IReadOnlyList<T> items, Func<T, JsonNode> toJson, int defaultSize, int maxSize)
    {
        int size = Math.Clamp(Number(request, "per_page") ?? Math.Min(defaultSize, maxSize), 1, maxSize);
        int page = Math.Max(Number(request, "page") ?? 1, 1);
        JsonNode[] result = [.. items.Skip((int)Math.Min((page - 1L) * size, items.Count)).Take(size).Select(toJson)];
        var info = new JsonObject
        {
            ["page"] = page,
            ["per_page"] = size,
            ["count"] = result.Length,
            ["total_count"] = items.Count,
            ["total_pages"] = (items.Count + size - 1) / size,
        };
        return ApiResponse.Of(new JsonArray(result), info);
    }

    private static int? Number(ApiRequest request, string name)
        => int.TryParse(request.Parameter(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
