using System.Text.Json;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Running.Clients;

/// <summary>What became of a request, as far as its client knows.</summary>
/// <param name="Outcome">Whether it was carried out.</param>
internal sealed record Answer(Outcome Outcome)
{
    /// <summary>What the node answered, in JSON; undefined when it did not.</summary>
    public JsonElement Body { get; init; }

    /// <summary>What the node answered, when it was no JSON.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Why it was not carried out, or why nobody knows.</summary>
    public string? Error { get; init; }

    /// <summary>Who leads, as far as the node knows; 0 when it does not say.</summary>
    public ulong Leader { get; init; }

    /// <summary>Which start of the node answered a read.</summary>
    public long? Run { get; init; }

    /// <summary>The state machine refused it, so the cluster works.</summary>
    public bool IsRefusal { get; init; }

    public static Answer Failed(string error) => new(Outcome.Fail) { Error = error };

    public static Answer Unclear(string error) => new(Outcome.Unknown) { Error = error };

    /// <summary>What a read saw; <c>null</c> when the key was absent.</summary>
    public HistoryValue? Seen()
    {
        JsonElement value = Body.GetProperty("value");
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number => new NumberValue(value.GetInt64()),
            JsonValueKind.Array => new ListValue([.. value.EnumerateArray().Select(element => element.GetInt64())]),
            _ => new BalancesValue(value.EnumerateObject().ToDictionary(account => account.Name, account => account.Value.GetInt64())),
        };
    }
}
