using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Raft.Core.Membership;
using Raft.Core.Node;

namespace Raft.Jepsen.Serving;

/// <summary>What whoever runs the cluster asks of this node, beside the store. Safe to use from any thread.</summary>
/// <param name="raft">The node.</param>
/// <param name="state">What it has applied.</param>
/// <param name="peers">Where members are reached.</param>
/// <param name="run">Tells one start of this node from another.</param>
internal sealed class NodeService(IRaft raft, ReplicatedState state, AddressPattern peers, long run)
{
    /// <summary>Adds and removes members: <c>{"add":[4],"remove":[2]}</c>. Answered when the new configuration is in force.</summary>
    public async Task<StoreAnswer> ChangeMembersAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using JsonDocument request = ParseObject(body);
        ConfigurationChange change = ConfigurationChange.Empty;
        foreach (NodeId node in Nodes(request, "add"))
        {
            change = change.AddVoter(node, peers.Own(node));
        }

        foreach (NodeId node in Nodes(request, "remove"))
        {
            change = change.Remove(node);
        }

        await raft.ChangeMembershipAsync(change, cancellationToken: cancellationToken).ConfigureAwait(false);
        return StoreAnswer.Of(StoreReply.Applied(raft.Status.ConfigurationIndex));
    }

    /// <summary>Hands leadership over: <c>{"to":2}</c>, or <c>{}</c> to whoever is the most up to date.</summary>
    public async Task<StoreAnswer> TransferAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using JsonDocument request = ParseObject(body);
        NodeId target = request.RootElement.TryGetProperty("to", out JsonElement to) ? Node(to) : NodeId.None;
        await raft.TransferLeadershipAsync(target, cancellationToken).ConfigureAwait(false);
        return StoreAnswer.Of(StoreReply.Applied(raft.Status.CommitIndex));
    }

    /// <summary>This node's view of itself, and a hash of its state.</summary>
    public StoreAnswer Report()
    {
        RaftStatus status = raft.Status;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("node", status.Id.Value);
            json.WriteNumber("run", run);
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

        return new StoreAnswer(StatusCodes.Status200OK, bytes.ToArray());
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
}
