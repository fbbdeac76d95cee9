using System.Net;
using System.Text;
using System.Text.Json;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Workloads;

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

    /// <summary>What an answer of a node tells its client.</summary>
    /// <exception cref="InvalidOperationException">The request was malformed, so the client is wrong.</exception>
    public static Answer Of(StoreAnswer answer)
    {
        var status = (HttpStatusCode)answer.Status;
        Outcome outcome = status switch
        {
            HttpStatusCode.OK => Outcome.Ok,
            HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable => Outcome.Fail,
            HttpStatusCode.BadRequest => throw new InvalidOperationException($"A request was malformed: {Encoding.UTF8.GetString(answer.Body)}"),
            _ => Outcome.Unknown,
        };
        if (answer.IsBinary)
        {
            return new Answer(outcome) { Bytes = answer.Body, Error = outcome == Outcome.Ok ? null : $"status {answer.Status}" };
        }

        using JsonDocument document = JsonDocument.Parse(answer.Body);
        JsonElement body = document.RootElement.Clone();
        return new Answer(outcome)
        {
            Body = body,
            Error = body.TryGetProperty("error", out JsonElement error) ? error.GetString() : null,
            Leader = body.TryGetProperty("leader", out JsonElement leader) ? leader.GetUInt64() : 0,
            Run = body.TryGetProperty("run", out JsonElement run) ? run.GetInt64() : null,
            IsRefusal = status == HttpStatusCode.Conflict,
        };
    }

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
