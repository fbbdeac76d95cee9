using Raft.Core.Node;

namespace KeyValue;

/// <summary>Tells a client that asked a follower to try the leader.</summary>
internal sealed class NotLeaderMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (NotLeaderException refusal)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync(refusal.Message);
        }
    }
}
