using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Raft.Core.Node;

namespace Raft.Jepsen.Serving;

/// <summary>
/// An answer to a client, as HTTP has it. The status tells what became of the request: 200 it was carried out, 409 the state machine refused it, 503 it
/// certainly was not and will not be carried out, 504 nobody knows, 400 it is malformed.
/// </summary>
/// <param name="Status">Its status code.</param>
/// <param name="Body">Its bytes.</param>
internal sealed record StoreAnswer(int Status, byte[] Body)
{
    /// <summary>The body is no JSON.</summary>
    public bool IsBinary { get; init; }

    /// <summary>The answer that tells what the state machine replied.</summary>
    public static StoreAnswer Of(ReadOnlyMemory<byte> reply)
    {
        using JsonDocument document = JsonDocument.Parse(reply);
        bool ok = document.RootElement.GetProperty("outcome").ValueEquals(StoreReply.Ok);
        return new StoreAnswer(ok ? StatusCodes.Status200OK : StatusCodes.Status409Conflict, reply.ToArray());
    }

    /// <summary>The answer to a request that this node does not carry out, or does not know to be carried out; <c>null</c> when the reason is none for an answer.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="leader">Who leads, as far as this node knows; 0 when it does not.</param>
    public static StoreAnswer? Of(Exception reason, ulong leader)
    {
        if (StatusOf(reason) is not { } status)
        {
            return null;
        }

        string outcome = status == StatusCodes.Status504GatewayTimeout ? StoreReply.Unknown : StoreReply.Fail;
        return new StoreAnswer(status, StoreReply.Error(outcome, reason.Message, leader));
    }

    private static int? StatusOf(Exception reason) => reason switch
    {
        FormatException => StatusCodes.Status400BadRequest,
        NotLeaderException or ProposalDroppedException or RaftStoppedException => StatusCodes.Status503ServiceUnavailable,
        LeadershipTransferException or MembershipChangeException => StatusCodes.Status503ServiceUnavailable,
        OutcomeUnknownException => StatusCodes.Status504GatewayTimeout,
        _ => null,
    };
}
