using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Raft.Jepsen.Serving;

/// <summary>An answer over HTTP.</summary>
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

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = IsBinary ? "application/octet-stream" : "application/json";
        context.Response.ContentLength = Body.Length;
        return context.Response.Body.WriteAsync(Body, context.RequestAborted).AsTask();
    }
}
