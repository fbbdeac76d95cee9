using System.Text.Json;

namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>A record in the body of a request; what is <c>null</c> was not given.</summary>
internal sealed record RecordInput
{
    public string? Id { get; private init; }

    public string? Type { get; private init; }

    public string? Name { get; private init; }

    public string? Content { get; private init; }

    public int? Ttl { get; private init; }

    public bool? Proxied { get; private init; }

    public int? Priority { get; private init; }

    public string? Comment { get; private init; }

    /// <summary>Whether a comment was given, be it <c>null</c> to remove the old one.</summary>
    public bool HasComment { get; private init; }

    /// <summary>Number of tags.</summary>
    public int Tags { get; private init; }

    /// <summary>Reads a JSON object.</summary>
    /// <exception cref="ApiException">It is none, or a member has the wrong type.</exception>
    public static RecordInput Parse(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw ApiErrors.InvalidBody();
        }

        return new RecordInput
        {
            Id = Text(json, "id"),
            Type = Text(json, "type")?.ToUpperInvariant(),
            Name = Text(json, "name"),
            Content = Text(json, "content"),
            Ttl = Number(json, "ttl"),
            Proxied = Flag(json, "proxied"),
            Priority = Number(json, "priority"),
            Comment = Text(json, "comment"),
            HasComment = json.TryGetProperty("comment", out _),
            Tags = json.TryGetProperty("tags", out JsonElement tags) && tags.ValueKind == JsonValueKind.Array ? tags.GetArrayLength() : 0,
        };
    }

    private static string? Text(JsonElement json, string name) => Member(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw ApiErrors.InvalidBody(),
    };

    private static int? Number(JsonElement json, string name) => Member(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) => number,
        _ => throw ApiErrors.InvalidBody(),
    };

    private static bool? Flag(JsonElement json, string name) => Member(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw ApiErrors.InvalidBody(),
    };

    private static JsonElement? Member(JsonElement json, string name)
        => json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
