using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Wire;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Routes the calls of other nodes to the transport.</summary>
public static class RaftEndpoints
{
    /// <summary>
    /// Maps the gRPC service of <see cref="GrpcRaftTransport"/>, which must be registered as a singleton. Calls end when the hosted node has stopped, or,
    /// without one, when the application begins to stop.
    /// </summary>
    /// <exception cref="InvalidOperationException">No <see cref="GrpcRaftTransport"/> is registered.</exception>
    public static IEndpointConventionBuilder MapRaft(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        IServiceProvider services = endpoints.ServiceProvider;
        GrpcRaftTransport transport = services.GetService<GrpcRaftTransport>()
            ?? throw new InvalidOperationException("MapRaft needs the gRPC transport: call AddRaft(…).UseGrpcTransport() on the services first.");
        CancellationToken stopping = services.GetService<InboundCalls>()?.Ended
            ?? services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        ILogger logger = services.GetRequiredService<ILogger<GrpcRaftTransport>>();

        RouteGroupBuilder service = endpoints.MapGroup(ExchangeHeaders.ServicePath);
        service.MapPost(ExchangeHeaders.MethodName, context => transport.ServeAsync(context, stopping));
        service.MapPost("{**method}", context => GrpcServerCall.ServeAsync(context, 0, RefuseMethodAsync, logger, stopping));
        return service;
    }

    private static Task RefuseMethodAsync(GrpcServerCall call, CancellationToken cancellationToken)
        => throw new GrpcException(GrpcStatusCode.Unimplemented, $"There is no method {call.HttpContext.Request.Path.Value}.");
}
