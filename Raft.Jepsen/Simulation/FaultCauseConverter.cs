using System.Text.Json;
using System.Text.Json.Serialization;

namespace Raft.Jepsen.Simulation;

/// <summary>Causes stand in scenario files as text.</summary>
internal sealed class FaultCauseConverter : JsonConverter<FaultCause>
{
    public override FaultCause Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => FaultCause.Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, FaultCause value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.ToString());
}
