using NexaLoak.Orchestrator.Api;
using NexaLoak.Orchestrator.Cloudflare;
using NexaLoak.Orchestrator.Configuration;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Health;
using NexaLoak.Orchestrator.Reconciliation;
using Raft.Core.Consensus;
using Raft.Storage.Faster;
using Raft.Transport.Grpc.Hosting;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Orchestrator.Hosting;

/// <summary>Says what a node is made of.</summary>
internal static class NodeServices
{
    // A node that lags by less than this part of a snapshot's entries gets them one by one, and no snapshot.
    private const ulong TrailingShare = 10;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Puts a node together. Nothing is opened yet.</summary>
    public static WebApplication Build(NodeConfiguration configuration, LogFormat logFormat)
    {
        // An empty builder: nothing but the configuration file decides how a node behaves, not even an environment variable.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddLogging(builder.Logging, logFormat);
        builder.Services.AddSingleton(configuration).AddSingleton(TimeProvider.System).AddRoutingCore();
        AddRaft(builder.Services, configuration);
        AddFleet(builder.Services, configuration);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(configuration.Api);
            kestrel.ListenRaft(configuration.Raft.Listen, kestrel.ApplicationServices.GetRequiredService<PeerAuthentication>());
        });
        return builder.Build();
    }

    /// <summary>Where the node keeps its log, and how it tells it from another node's.</summary>
    public static FasterStorageOptions Storage(NodeConfiguration configuration) => new()
    {
        Directory = Path.Combine(configuration.DataDirectory, "raft"),
        Identity = $"{configuration.Cluster}/{configuration.Self.Name}",
    };

    /// <summary>Connects the node's parts with what comes in over the network. This opens the parts that it needs.</summary>
    /// <exception cref="CertificateException">The node's certificate can't be used.</exception>
    public static void Map(WebApplication app)
    {
        app.UseRouting();
        app.MapRaft();
        app.MapStatus();
    }

    private static void AddLogging(ILoggingBuilder logging, LogFormat format)
    {
        const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        _ = format is LogFormat.Json
            ? logging.AddJsonConsole(options => (options.UseUtcTimestamp, options.TimestampFormat) = (true, Timestamp.TrimEnd()))
            : logging.AddSimpleConsole(
                options => (options.SingleLine, options.UseUtcTimestamp, options.TimestampFormat) = (true, true, Timestamp));
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // A start that fails is reported in one line by the command itself.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }

    private static void AddRaft(IServiceCollection services, NodeConfiguration configuration)
        => services.AddRaft(options => Describe(configuration, options))
            .UseGrpcTransport()
            .UseFasterStorage(_ => Storage(configuration))
            .UseStateMachine<FleetState>();

    private static void Describe(NodeConfiguration configuration, RaftHostOptions options)
    {
        options.ClusterId = configuration.Cluster;
        options.NodeId = configuration.Self.Id.Value;
        foreach (MemberConfiguration member in configuration.Members)
        {
            options.Peers.Add(member.Id.ToString(), member.RaftAddress);
        }

        options.Listen = RaftHostOptions.ListenNowhere;
        (options.Tls.Certificate, options.Tls.Key, options.Tls.Authority) =
            (configuration.Tls.Certificate, configuration.Tls.Key, configuration.Tls.Authority);
        options.TickInterval = configuration.Raft.Tick;
        options.Consensus = new RaftOptions
        {
            ElectionTicks = configuration.Raft.ElectionTicks,
            HeartbeatTicks = configuration.Raft.HeartbeatTicks,
            TrailingEntries = configuration.Raft.Snapshots.Entries / TrailingShare,
        };
        options.Snapshots = configuration.Raft.Snapshots;
    }

    private static void AddFleet(IServiceCollection services, NodeConfiguration configuration)
    {
        services.AddSingleton<FleetProposer>().AddSingleton<StatusReader>().AddSingleton<DomainAccess>();
        services.AddSingleton(new LocalNode(
            configuration.Self.Name, configuration.Address.ToString(), configuration.VpnPort, configuration.Api.ToString()));
        services.AddSingleton(configuration.Detection).AddSingleton(new ReconcilerOptions { Cluster = configuration.Cluster });
        services.AddSingleton(provider => new CloudflareClient(
            new CloudflareOptions { BaseAddress = configuration.Dns.Api, TokenFile = configuration.Dns.TokenFile },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CloudflareClient>>()));
        services.AddSingleton<IServiceDomain>(provider => new CloudflareServiceDomain(
            provider.GetRequiredService<CloudflareClient>(),
            configuration.Dns.Zone,
            configuration.Dns.Domain,
            (int)configuration.Dns.Ttl.TotalSeconds));
        services
            .AddHostedService<NodeRegistrar>()
            .AddHostedService<ServiceProber>()
            .AddHostedService<CrashDetection>()
            .AddHostedService<Reconciler>();
    }
}
