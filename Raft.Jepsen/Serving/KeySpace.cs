using System.Collections.Immutable;
using System.Text.Json;

namespace Raft.Jepsen.Serving;

/// <summary>
/// What the store holds: registers (a number each), lists of numbers, and banks (a number for each account), by key. Immutable, so a snapshot is a
/// reference to it. Its bytes are the same on all nodes.
/// </summary>
/// <param name="LastIndex">Index of the last command that was applied.</param>
/// <param name="Values">A <see cref="long"/>, an <see cref="ImmutableList{T}"/> of them, or the balances by account.</param>
internal sealed record KeySpace(ulong LastIndex, ImmutableSortedDictionary<string, object> Values)
{
    public static KeySpace Empty { get; } = new(0, ImmutableSortedDictionary.Create<string, object>(StringComparer.Ordinal));

    /// <summary>Writes the value of a key: a number, an array or an object; null when there is none.</summary>
    public void WriteValue(Utf8JsonWriter json, string key) => Write(json, Values.GetValueOrDefault(key));

    /// <summary>Writes everything.</summary>
    public void WriteTo(Stream content)
    {
        using var json = new Utf8JsonWriter(content);
        json.WriteStartObject();
        json.WriteNumber("index", LastIndex);
        json.WriteStartObject("keys");
        foreach ((string key, object value) in Values)
        {
            json.WritePropertyName(key);
            Write(json, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote, to the end of the stream.</summary>
    public static KeySpace ReadFrom(Stream content)
    {
        using JsonDocument document = JsonDocument.Parse(content);
        JsonElement root = document.RootElement;
        return Empty with
        {
            LastIndex = root.GetProperty("index").GetUInt64(),
            Values = Empty.Values.AddRange(
                root.GetProperty("keys").EnumerateObject().Select(key => KeyValuePair.Create(key.Name, Read(key.Value)))),
        };
    }

    private static object Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.Array => value.EnumerateArray().Select(element => element.GetInt64()).ToImmutableList(),
        _ => value.EnumerateObject().ToImmutableSortedDictionary(account => account.Name, account => account.Value.GetInt64(), StringComparer.Ordinal),
    };

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case ImmutableList<long> list:
                json.WriteStartArray();
                list.ForEach(json.WriteNumberValue);
                json.WriteEndArray();
                break;
            case ImmutableSortedDictionary<string, long> bank:
                json.WriteStartObject();
                foreach ((string account, long balance) in bank)
                {
                    json.WriteNumber(account, balance);
                }

                json.WriteEndObject();
                break;
        }
    }
}
