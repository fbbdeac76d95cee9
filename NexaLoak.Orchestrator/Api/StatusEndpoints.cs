using System.Text.Json.Serialization.Metadata;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Api;

/// <summary>The read-only HTTP API of a node.</summary>
internal static class StatusEndpoints
{
    /// <summary>Adds the API. It tells no secret and changes nothing, so whoever can connect may ask.</summary>
    public static void MapStatus(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/status", (StatusReader reader) => Json(reader.Read(), ApiJson.Default.NodeStatus));
        routes.MapGet("/api/v1/nodes", (StatusReader reader) => Json(reader.ReadNodes(), ApiJson.Default.IReadOnlyListFleetNodeStatus));
        routes.MapGet(
            "/api/v1/incidents", (StatusReader reader) => Json(reader.ReadIncidents(), ApiJson.Default.IReadOnlyListIncidentStatus));
        routes.MapGet("/healthz", (IRaft raft) => Answer(raft.Status.Failure is null, "ok", "the Raft node has stopped"));
        routes.MapGet(
            "/readyz", (IRaft raft) => Answer(raft.Status is { Failure: null, Leader.IsNone: false }, "ready", "no leader is known"));
    }

    private static IResult Json<T>(T value, JsonTypeInfo<T> type) => Results.Json(value, type);

    private static IResult Answer(bool isGood, string good, string bad)
        => Results.Text(isGood ? good : bad, statusCode: isGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
