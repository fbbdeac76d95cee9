using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Raft.Core.Node;

namespace Raft.Jepsen.Serving;

/// <summary>Where clients find over HTTP what a node of the store does.</summary>
internal static class StoreEndpoints
{
    /// <summary>Paths of the API.</summary>
    public const string Operations = "/v1/operations", Commands = "/v1/commands", Members = "/v1/members", Leader = "/v1/leader", Status = "/v1/status";

    private const int MaxRequestBytes = 64 * 1024;

    public static void MapStore(this IEndpointRouteBuilder routes)
    {
        StoreService store = routes.ServiceProvider.GetRequiredService<StoreService>();
        NodeService node = routes.ServiceProvider.GetRequiredService<NodeService>();
        IRaft raft = routes.ServiceProvider.GetRequiredService<IRaft>();
        Map(Operations, store.OperateAsync);
        Map(Commands, (body, _) => store.CarryOutAsync(body));
        Map(Members, node.ChangeMembersAsync);
        Map(Leader, node.TransferAsync);
        routes.MapGet(Status, context => WriteAsync(context, node.Report()));

        void Map(string path, Func<ReadOnlyMemory<byte>, CancellationToken, Task<StoreAnswer>> carryOut)
            => routes.MapPost(path, context => AnswerAsync(context, raft, carryOut));
    }

    private static async Task AnswerAsync(
        HttpContext context, IRaft raft, Func<ReadOnlyMemory<byte>, CancellationToken, Task<StoreAnswer>> carryOut)
    {
        StoreAnswer answer;
        try
        {
            answer = await carryOut(await ReadAsync(context.Request).ConfigureAwait(false), context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception reason) when (StoreAnswer.Of(reason, raft.Status.Leader.Value) is { } refusal)
        {
            answer = refusal;
        }

        await WriteAsync(context, answer).ConfigureAwait(false);
    }

    private static Task WriteAsync(HttpContext context, StoreAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.IsBinary ? "application/octet-stream" : "application/json";
        context.Response.ContentLength = answer.Body.Length;
        return context.Response.Body.WriteAsync(answer.Body, context.RequestAborted).AsTask();
    }

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
