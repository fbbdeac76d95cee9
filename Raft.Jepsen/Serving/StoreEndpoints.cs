using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Raft.Jepsen.Serving;

/// <summary>Where clients find what a node of the store does.</summary>
internal static class StoreEndpoints
{
    /// <summary>Paths of the API.</summary>
    public const string Operations = "/v1/operations", Commands = "/v1/commands", Members = "/v1/members", Leader = "/v1/leader", Status = "/v1/status";

    public static void MapStore(this IEndpointRouteBuilder routes)
    {
        StoreService service = routes.ServiceProvider.GetRequiredService<StoreService>();
        routes.MapPost(Operations, service.OperateAsync);
        routes.MapPost(Commands, service.ProposeAsync);
        routes.MapPost(Members, service.ChangeMembersAsync);
        routes.MapPost(Leader, service.TransferAsync);
        routes.MapGet(Status, service.ReportAsync);
    }
}
