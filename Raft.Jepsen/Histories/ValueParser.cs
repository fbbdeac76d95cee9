using System.Text.Json;

namespace Raft.Jepsen.Histories;

/// <summary>Makes values of JSON.</summary>
internal static class ValueParser
{
    /// <summary>What a request other than a read carries.</summary>
    /// <exception cref="FormatException">It must be something else.</exception>
    public static HistoryValue Carried(RequestKind kind, JsonElement value) => kind switch
    {
        RequestKind.Cas => Cas(value),
        RequestKind.Transfer => Transfer(value),
        _ => new NumberValue(Integer(value)),
    };

    /// <summary>What a read saw.</summary>
    /// <exception cref="FormatException">It is nothing that can be read.</exception>
    public static HistoryValue? Seen(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.Array => new ListValue([.. value.EnumerateArray().Select(Integer)]),
        JsonValueKind.Object => Balances(value),
        _ => new NumberValue(Integer(value)),
    };

    private static CasValue Cas(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2)
        {
            throw new FormatException("a cas carries [expected, new]");
        }

        return new CasValue(value[0].ValueKind == JsonValueKind.Null ? null : Integer(value[0]), Integer(value[1]));
    }

    private static TransferValue Transfer(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty(HistoryFields.From, out JsonElement from) || from.ValueKind != JsonValueKind.String
            || !value.TryGetProperty(HistoryFields.To, out JsonElement to) || to.ValueKind != JsonValueKind.String
            || !value.TryGetProperty(HistoryFields.Amount, out JsonElement amount))
        {
            throw new FormatException("a transfer carries {\"from\": account, \"to\": account, \"amount\": number}");
        }

        return new TransferValue(from.GetString()!, to.GetString()!, Integer(amount));
    }

    private static BalancesValue Balances(JsonElement value)
    {
        var balances = new Dictionary<string, long>();
        foreach (JsonProperty account in value.EnumerateObject())
        {
            if (!balances.TryAdd(account.Name, Integer(account.Value)))
            {
                throw new FormatException($"it has account '{account.Name}' twice");
            }
        }

        return new BalancesValue(balances);
    }

    private static long Integer(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number
            : throw new FormatException($"values are 64-bit whole numbers, not {(value.ValueKind == JsonValueKind.Undefined ? "absent" : value)}");
}
