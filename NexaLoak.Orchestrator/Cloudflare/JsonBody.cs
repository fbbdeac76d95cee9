using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Request bodies.</summary>
internal static class JsonBody
{
    /// <summary>A body without content.</summary>
    public static HttpContent Empty() => new ByteArrayContent([]);

    /// <summary>The body that holds <paramref name="value"/>.</summary>
    public static HttpContent Of<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
