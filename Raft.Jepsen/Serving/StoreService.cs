using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Sessions;

namespace Raft.Jepsen.Serving;

/// <summary>
/// Carries out what clients ask of this node. The status of each answer tells what became of the request: 200 it was carried out, 409 the state
/// machine refused it, 503 it certainly was not and will not be carried out, 504 nobody knows, 400 it is malformed. Safe to use from any thread.
/// </summary>
internal sealed class StoreService(IRaft raft, ReplicatedState state, ServeOptions options)
{
    private const int MaxRequestBytes = 64 * 1024;

    /// <summary>Tells one start of this node from another; grows from start to start as long as the machine's clock does.</summary>
    private readonly long _run = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>A request in JSON (<see cref="StoreCommand"/>), without a session.</summary>
    public Task OperateAsync(HttpContext context) => AnswerAsync(context, async body =>
    {
        StoreCommand command = StoreCommand.Parse(body);
        if (command.Operation == StoreOperation.Read)
        {
            await BarrierAsync(command.Consistency, context.RequestAborted).ConfigureAwait(false);
            KeySpace keys = state.Keys;
            return new StoreAnswer(StatusCodes.Status200OK, StoreReply.Read(_run, json => keys.WriteValue(json, command.Key)));
        }

        byte[] proposal = SessionCodec.Encode(SessionCommand.Plain(DateTimeOffset.UtcNow, body));
        SessionReply reply = SessionCodec.DecodeReply((await ProposeAsync(proposal).ConfigureAwait(false)).Reply);
        return StoreAnswer.Of(reply.Payload);
    });

    /// <summary>
    /// A session's command, in the bytes of <see cref="SessionCodec"/>, proposed as it is. The answer has the bytes of the session's
    /// reply.
    /// </summary>
    public Task ProposeAsync(HttpContext context) => AnswerAsync(context, async body =>
    {
        if (!SessionCodec.TryDecode(body, out SessionCommand command))
        {
            throw new FormatException("The request is no command of a client session.");
        }

        if (command.Kind is SessionCommandKind.Plain or SessionCommandKind.Propose)
        {
            _ = StoreCommand.Parse(command.Payload);
        }

        return new StoreAnswer(StatusCodes.Status200OK, (await ProposeAsync(body).ConfigureAwait(false)).Reply.ToArray()) { IsBinary = true };
    });

    /// <summary>Adds and removes members: <c>{"add":[4],"remove":[2]}</c>. Answered when the new configuration is in force.</summary>
    public Task ChangeMembersAsync(HttpContext context) => AnswerAsync(context, async body =>
    {
        using JsonDocument request = ParseObject(body);
        ConfigurationChange change = ConfigurationChange.Empty;
        foreach (NodeId node in Nodes(request, "add"))
        {
            change = change.AddVoter(node, options.Peers.Own(node));
        }

        foreach (NodeId node in Nodes(request, "remove"))
        {
            change = change.Remove(node);
        }

        await raft.ChangeMembershipAsync(change, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        return StoreAnswer.Of(StoreReply.Applied(raft.Status.ConfigurationIndex));
    });

    /// <summary>Hands leadership over: <c>{"to":2}</c>, or <c>{}</c> to whoever is the most up to date.</summary>
    public Task TransferAsync(HttpContext context) => AnswerAsync(context, async body =>
    {
        using JsonDocument request = ParseObject(body);
        NodeId target = request.RootElement.TryGetProperty("to", out JsonElement to) ? Node(to) : NodeId.None;
        await raft.TransferLeadershipAsync(target, context.RequestAborted).ConfigureAwait(false);
        return StoreAnswer.Of(StoreReply.Applied(raft.Status.CommitIndex));
    });

    /// <summary>This node's view of itself, and a hash of its state.</summary>
    public Task ReportAsync(HttpContext context)
    {
        RaftStatus status = raft.Status;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("node", status.Id.Value);
            json.WriteNumber("run", _run);
            json.WriteString("role", JsonNamingPolicy.CamelCase.ConvertName(status.Role.ToString()));
            json.WriteNumber("term", status.Term);
            json.WriteNumber("leader", status.Leader.Value);
            json.WriteNumber("last", status.LastIndex);
            json.WriteNumber("commit", status.CommitIndex);
            json.WriteNumber("applied", status.AppliedIndex);
            json.WriteNumber("base", status.BaseIndex);
            json.WriteNumber("snapshot", status.SnapshotIndex);
            WriteNodes(json, "voters", status.Configuration.Voters);
            WriteNodes(json, "learners", status.Configuration.Learners);
            json.WriteNumber("members_index", status.ConfigurationIndex);
            json.WriteBoolean("joint", status.Configuration.IsJoint);
            json.WriteString("hash", state.ComputeHash());
            json.WriteEndObject();
        }

        return new StoreAnswer(StatusCodes.Status200OK, bytes.ToArray()).WriteAsync(context);
    }

    private static void WriteNodes(Utf8JsonWriter json, string name, IReadOnlyList<NodeId> nodes)
    {
        json.WriteStartArray(name);
        foreach (NodeId node in nodes)
        {
            json.WriteNumberValue(node.Value);
        }

        json.WriteEndArray();
    }

    private static JsonDocument ParseObject(ReadOnlyMemory<byte> body)
    {
        try
        {
            JsonDocument request = JsonDocument.Parse(body.IsEmpty ? "{}"u8.ToArray() : body);
            return request.RootElement.ValueKind == JsonValueKind.Object ? request : throw new FormatException("The request is no JSON object.");
        }
        catch (JsonException)
        {
            throw new FormatException("The request is not JSON.");
        }
    }

    private static IEnumerable<NodeId> Nodes(JsonDocument request, string name)
    {
        if (!request.RootElement.TryGetProperty(name, out JsonElement nodes))
        {
            return [];
        }

        return nodes.ValueKind == JsonValueKind.Array
            ? [.. nodes.EnumerateArray().Select(Node)]
            : throw new FormatException($"'{name}' is no array of node ids.");
    }

    private static NodeId Node(JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong id) && id > 0
            ? new NodeId(id)
            : throw new FormatException($"{value} is no node id.");

    private ValueTask BarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken)
        => options.Plant == Plant.LocalReads ? ValueTask.CompletedTask : raft.ReadBarrierAsync(consistency, cancellationToken);

    // A client that goes away does not end the wait: what it asked for is done nevertheless.
    private ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command) => raft.ProposeAsync(command, CancellationToken.None);

    private async Task AnswerAsync(HttpContext context, Func<ReadOnlyMemory<byte>, Task<StoreAnswer>> carryOut)
    {
        StoreAnswer answer;
        try
        {
            answer = await carryOut(await ReadAsync(context.Request).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception error) when (StatusOf(error) is { } status)
        {
            string outcome = status == StatusCodes.Status504GatewayTimeout ? StoreReply.Unknown : StoreReply.Fail;
            answer = new StoreAnswer(status, StoreReply.Error(outcome, error.Message, raft.Status.Leader.Value));
        }

        await answer.WriteAsync(context).ConfigureAwait(false);
    }

    private static int? StatusOf(Exception error) => error switch
    {
        FormatException => StatusCodes.Status400BadRequest,
        NotLeaderException or ProposalDroppedException or RaftStoppedException => StatusCodes.Status503ServiceUnavailable,
        LeadershipTransferException or MembershipChangeException => StatusCodes.Status503ServiceUnavailable,
        OutcomeUnknownException => StatusCodes.Status504GatewayTimeout,
        _ => null,
    };

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted).ConfigureAwait(false)) > 0;)
            {
                body.Write(buffer, 0, read);
                if (body.Length > MaxRequestBytes)
                {
                    throw new FormatException($"The request is longer than {MaxRequestBytes} bytes.");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.ToArray();
    }
}
