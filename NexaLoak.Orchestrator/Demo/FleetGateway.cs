using System.Net;
using System.Net.Sockets;
using NexaLoak.Orchestrator.Demo.Processes;
using NexaLoak.Orchestrator.Hosting;

namespace NexaLoak.Orchestrator.Demo;

/// <summary>
/// One address for the fleet's status API, whichever nodes are alive: passes a request on to the leader, or to any node that answers while none leads.
/// </summary>
internal sealed class FleetGateway : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly DemoFleet _fleet;
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience }) { Timeout = Patience };

    private FleetGateway(DemoFleet fleet)
    {
        _fleet = fleet;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, EmbeddedHostLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>Where the gateway listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts a gateway on a free port of 127.0.0.1.</summary>
    public static async Task<FleetGateway> StartAsync(DemoFleet fleet, CancellationToken cancellationToken)
    {
        var gateway = new FleetGateway(fleet);
        await gateway._app.StartAsync(cancellationToken);
        gateway.Address = new Uri(gateway._app.Urls.Single());
        return gateway;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        foreach (DemoServer server in ByRank())
        {
            if (await TryPassOnAsync(context, new Uri(server.Api, $"{context.Request.Path}{context.Request.QueryString}")))
            {
                return;
            }
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync("no node answers", context.RequestAborted);
    }

    private IEnumerable<DemoServer> ByRank()
    {
        DemoServer? leader = _fleet.Leader;
        return _fleet.Alive.OrderBy(server => server == leader ? 0 : 1);
    }

    private async Task<bool> TryPassOnAsync(HttpContext context, Uri address)
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(address, context.RequestAborted);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or SocketException
            || (error is OperationCanceledException && !context.RequestAborted.IsCancellationRequested))
        {
            // Dead, or suspended: the next node may answer.
            return false;
        }
    }
}
