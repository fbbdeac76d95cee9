using System.Text.Json;
using System.Text.Json.Serialization;

namespace Raft.Jepsen.Simulation;

/// <summary>Links stand in scenario files as text.</summary>
internal sealed class LinkConverter : JsonConverter<Link>
{
    public override Link Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Link.Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, Link value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.ToString());
}
