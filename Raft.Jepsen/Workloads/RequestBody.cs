using System.Text.Json;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Workloads;

/// <summary>Puts requests into the form that nodes read.</summary>
internal static class RequestBody
{
    /// <summary>The request as it is recorded.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="consistency">What a read may miss, in the words of the nodes.</param>
    public static byte[] Of(ClientRequest request, string? consistency = null)
        => Write(request.Kind.ToString().ToLowerInvariant(), request.Key, json =>
        {
            if (consistency is not null)
            {
                json.WriteString("consistency", consistency);
            }

            switch (request.Value)
            {
                case NumberValue number:
                    json.WriteNumber("value", number.Number);
                    break;
                case CasValue cas:
                    json.WritePropertyName("value");
                    JsonSerializer.Serialize(json, (long?[])[cas.Expected, cas.New]);
                    break;
                case TransferValue transfer:
                    json.WriteStartObject("value");
                    json.WriteString("from", transfer.From);
                    json.WriteString("to", transfer.To);
                    json.WriteNumber("amount", transfer.Amount);
                    json.WriteEndObject();
                    break;
            }
        });

    /// <summary>The opening of a bank.</summary>
    public static byte[] Open(string bank, IReadOnlyDictionary<string, long> accounts)
        => Write("open", bank, json =>
        {
            json.WriteStartObject("value");
            foreach ((string account, long balance) in accounts)
            {
                json.WriteNumber(account, balance);
            }

            json.WriteEndObject();
        });

    private static byte[] Write(string op, string key, Action<Utf8JsonWriter> rest)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("op", op);
            json.WriteString("key", key);
            rest(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
