using System.Collections.Immutable;
using System.Net;
using NexaLoak.Orchestrator.Emulator.Api;
using NexaLoak.Orchestrator.Emulator.Control;
using NexaLoak.Orchestrator.Emulator.Faults;
using NexaLoak.Orchestrator.Emulator.Journal;
using NexaLoak.Orchestrator.Emulator.NameServer;
using NexaLoak.Orchestrator.Hosting;

namespace NexaLoak.Orchestrator.Emulator;

/// <summary>
/// A stand-in for Cloudflare on 127.0.0.1: API v4 for one zone, the zone's name server, faults on demand, and a journal of all requests. For
/// demonstrations and tests.
/// </summary>
internal sealed class CloudflareEmulator : IAsyncDisposable
{
    private const string ApiRoot = "/client/v4";
    private const string ControlRoot = "/emulator";
    private const int MaxBodyBytes = 1 << 20;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _app;
    private readonly EmulatedZone _zone;
    private readonly ZoneNameServer _nameServer;
    private bool _stopped;

    private CloudflareEmulator(CloudflareEmulatorOptions options)
    {
        _zone = new EmulatedZone(options.ZoneName, options.TimeProvider);
        Token = options.Token;
        Journal = new RequestJournal(options.JournalCapacity);
        Faults = new FaultBoard(_zone, options.TimeProvider);
        _nameServer = new ZoneNameServer(_zone, options.DnsPort);
        _app = CreateApp(options);
        var api = new ApiEndpoint(_zone, options, Journal, Faults, _stopping.Token);
        var control = new ControlEndpoint(Faults, Journal);
        _app.Run(context => HandleAsync(context, api, control));
    }

    /// <summary>Root of the API, for <see cref="Cloudflare.CloudflareOptions.BaseAddress"/>.</summary>
    public Uri ApiBaseAddress { get; private set; } = null!;

    /// <summary>Root of the paths that set faults and show the journal.</summary>
    public Uri ControlBaseAddress => new(ApiBaseAddress, $"{ControlRoot}/");

    /// <summary>Where the name server answers, over UDP and TCP.</summary>
    public IPEndPoint DnsEndPoint => _nameServer.EndPoint;

    /// <summary>The token that is let in.</summary>
    public string Token { get; }

    /// <summary>Name of the zone.</summary>
    public string ZoneName => _zone.Name;

    /// <summary>Id of the zone.</summary>
    public string ZoneId => _zone.Id;

    /// <summary>The zone's records now.</summary>
    public ImmutableArray<EmulatedRecord> Records => _zone.Records;

    /// <summary>The requests to the API.</summary>
    public RequestJournal Journal { get; }

    /// <summary>The faults that requests are to meet.</summary>
    public FaultBoard Faults { get; }

    /// <summary>Starts an emulator.</summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its bounds.</exception>
    /// <exception cref="IOException">A port is taken; the message says which.</exception>
    public static async Task<CloudflareEmulator> StartAsync(CloudflareEmulatorOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var emulator = new CloudflareEmulator(options);
        try
        {
            await emulator._app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            await emulator.DisposeAsync();
            throw new IOException(
                $"The emulator's API can't listen on 127.0.0.1:{options.ApiPort}: {e.Message} Choose another port, or 0 for a free one.", e);
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }

        emulator.ApiBaseAddress = new Uri(new Uri(emulator._app.Urls.Single()), $"{ApiRoot}/");
        return emulator;
    }

    /// <summary>Stops API and name server. Requests that hang end without being carried out.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        await _stopping.CancelAsync();
        using var limit = new CancellationTokenSource(StopLimit);
        await _app.StopAsync(limit.Token);
        await _nameServer.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private static WebApplication CreateApp(CloudflareEmulatorOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, EmbeddedHostLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Listen(IPAddress.Loopback, options.ApiPort);
        });
        return builder.Build();
    }

    private static Task HandleAsync(HttpContext context, ApiEndpoint api, ControlEndpoint control)
    {
        PathString path = context.Request.Path;
        if (path.StartsWithSegments(ApiRoot, out PathString rest))
        {
            return api.HandleAsync(context, rest);
        }

        if (path.StartsWithSegments(ControlRoot, out rest))
        {
            return control.HandleAsync(context, rest);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
