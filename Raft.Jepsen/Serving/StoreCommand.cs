using System.Text.Json;
using Raft.Core.Node;

namespace Raft.Jepsen.Serving;

/// <summary>One request to the store, as clients send it and as it stands in the log: <c>{"op":"append","key":"k1","value":5}</c>.</summary>
/// <param name="Operation">What is asked for.</param>
/// <param name="Key">The register, list or bank.</param>
internal sealed record StoreCommand(StoreOperation Operation, string Key)
{
    /// <summary>Longest key, in characters.</summary>
    public const int MaxKeyLength = 256;

    private const string Form = """Send a JSON object like {"op":"append","key":"k1","value":5}.""";

    /// <summary>What a write sets, a compare-and-set sets, an append appends, or a transfer moves.</summary>
    public long Number { get; init; }

    /// <summary>What a compare-and-set expects; <c>null</c> for an absent register.</summary>
    public long? Expected { get; init; }

    /// <summary>The account that a transfer takes from.</summary>
    public string From { get; init; } = "";

    /// <summary>The account that a transfer gives to.</summary>
    public string To { get; init; } = "";

    /// <summary>The accounts of a bank that is opened.</summary>
    public IReadOnlyDictionary<string, long> Accounts { get; init; } = new Dictionary<string, long>();

    /// <summary>What a read may miss.</summary>
    public ReadConsistency Consistency { get; init; }

    /// <summary>Reads a request, whatever the bytes are.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong and what to do.</exception>
    public static StoreCommand Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return Parse(document.RootElement);
        }
        catch (JsonException)
        {
            throw new FormatException($"The request is not JSON. {Form}");
        }
    }

    private static StoreCommand Parse(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"The request is no object. {Form}");
        }

        var command = new StoreCommand(OperationOf(Text(request, "op")), Text(request, "key"));
        if (command.Key.Length is 0 or > MaxKeyLength)
        {
            throw new FormatException($"The key has {command.Key.Length} characters; it needs 1 to {MaxKeyLength}.");
        }

        JsonElement value = request.TryGetProperty("value", out JsonElement given) ? given : default;
        return command.Operation switch
        {
            StoreOperation.Read => command with { Consistency = ConsistencyOf(request) },
            StoreOperation.Write or StoreOperation.Append => command with { Number = WholeNumber(value, "value") },
            StoreOperation.Cas => Cas(command, value),
            StoreOperation.Transfer => Transfer(command, value),
            _ => command with { Accounts = AccountsOf(value) },
        };
    }

    private static StoreOperation OperationOf(string name)
        => Enum.TryParse(name, ignoreCase: true, out StoreOperation operation) && char.IsAsciiLetterLower(name[0])
            ? operation
            : throw new FormatException($"'{name}' is no operation. Use read, write, cas, append, transfer or open.");

    private static ReadConsistency ConsistencyOf(JsonElement request)
        => (request.TryGetProperty("consistency", out JsonElement given) ? given.ToString() : "linearizable") switch
        {
            "linearizable" => ReadConsistency.Linearizable,
            "leader" => ReadConsistency.Leader,
            "bounded" => ReadConsistency.BoundedStale,
            "stale" => ReadConsistency.Stale,
            var other => throw new FormatException($"'{other}' is no consistency. Use linearizable, leader, bounded or stale."),
        };

    private static StoreCommand Cas(StoreCommand command, JsonElement value)
        => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2
            ? command with
            {
                Expected = value[0].ValueKind == JsonValueKind.Null ? null : WholeNumber(value[0], "value[0]"),
                Number = WholeNumber(value[1], "value[1]"),
            }
            : throw new FormatException("A cas needs a value like [4,7]: what is expected, or null for an absent register, and what to set.");

    private static StoreCommand Transfer(StoreCommand command, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("""A transfer needs a value like {"from":"a","to":"b","amount":5}.""");
        }

        long amount = WholeNumber(value.TryGetProperty("amount", out JsonElement given) ? given : default, "value.amount");
        return amount > 0
            ? command with { From = Text(value, "from"), To = Text(value, "to"), Number = amount }
            : throw new FormatException($"The amount {amount} is not greater than zero.");
    }

    private static Dictionary<string, long> AccountsOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.EnumerateObject().Any())
        {
            throw new FormatException("""A bank is opened with a value like {"a":100,"b":100}.""");
        }

        var accounts = new Dictionary<string, long>();
        foreach (JsonProperty account in value.EnumerateObject())
        {
            long balance = WholeNumber(account.Value, $"value.{account.Name}");
            accounts[account.Name] = balance >= 0 ? balance : throw new FormatException($"Account {account.Name} would begin with {balance}, below zero.");
        }

        return accounts;
    }

    private static long WholeNumber(JsonElement value, string name)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number
            : throw new FormatException($"'{name}' is no whole number of 64 bits.");

    private static string Text(JsonElement request, string name)
        => request.TryGetProperty(name, out JsonElement given) && given.ValueKind == JsonValueKind.String
            ? given.GetString()!
            : throw new FormatException($"'{name}' is missing, or no string. {Form}");
}
