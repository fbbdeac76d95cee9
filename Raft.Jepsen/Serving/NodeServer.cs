using System.ComponentModel.DataAnnotations;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Raft.Core.Consensus;
using Raft.Core.Hosting;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Snapshots;
using Raft.Core.StateMachine;
using Raft.Core.Storage;
using Raft.Core.Transport;
using Raft.Jepsen.PowerCuts;
using Raft.Storage.Faster;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Hosting;
using Raft.Transport.Grpc.Security;

namespace Raft.Jepsen.Serving;

/// <summary>Runs one node of the store on the shipped packages, from its start until it is told to stop.</summary>
internal sealed class NodeServer(ServeOptions options)
{
    // A node that lags by less than this part of a snapshot's entries gets them one by one, and no snapshot.
    private const ulong TrailingShare = 4;

    /// <summary>Runs the node until the process is told to stop.</summary>
    /// <exception cref="HarnessException">It can't start, or could not go on.</exception>
    public async Task RunAsync()
    {
        using ParentWatch? parent = options.IsChild ? new ParentWatch() : null;
        WebApplication app = Guarded(Build);
        await using (app.ConfigureAwait(false))
        {
            // Everything that can be wrong with the node's own files is found before anything is heard of the node outside.
            Guarded(() => Map(app));
            await StartAsync(app).ConfigureAwait(false);
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            if (app.Services.GetRequiredService<IRaft>().Status.Failure is { } failure)
            {
                throw new HarnessException($"The node could not go on: {failure.Message} What it acknowledged is on its disk.", failure);
            }
        }
    }

    private WebApplication Build()
    {
        // An empty builder: nothing but the command line decides how a node behaves, not even an environment variable.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddLogging(builder.Logging);
        builder.Services.AddSingleton(new ReplicatedState(options.Plant)).AddRoutingCore();
        AddServices(builder.Services);
        IRaftBuilder raft = builder.Services.AddRaft(Describe).UseGrpcTransport();
        AddStorage(raft);
        raft.Services.AddSingleton<IStateMachine>(provider => provider.GetRequiredService<ReplicatedState>());
        raft.Services.AddSingleton<IRaftTransport>(
            provider => new RoutedTransport(provider.GetRequiredService<GrpcRaftTransport>(), options.Id, options.Peers));
        builder.Services.AddSingleton(options);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        return builder.Build();
    }

    private void AddServices(IServiceCollection services)
    {
        // Grows from start to start as long as the machine's clock does.
        long run = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        services.AddSingleton(provider => new StoreService(
            provider.GetRequiredService<IRaft>(), provider.GetRequiredService<ReplicatedState>(), options.Plant, run, TimeProvider.System));
        services.AddSingleton(provider => new NodeService(
            provider.GetRequiredService<IRaft>(), provider.GetRequiredService<ReplicatedState>(), options.Peers, run));
    }

    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
            (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ "));
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // A start that fails is reported in one line by the command itself.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }

    private void AddStorage(IRaftBuilder raft)
    {
        var storage = new FasterStorageOptions { Directory = options.Data, Identity = $"{ServeOptions.ClusterId}/{options.Id}" };
        switch (options.Plant)
        {
            case Plant.Amnesia:
                raft.Services.AddSingleton<IRaftStorage>(_ => new MemoryStorage());
                break;
            case Plant.NoSync:
                raft.Services.AddSingleton<IRaftStorage>(
                    _ => FasterRaftStorage.OpenOn(new LyingDisk(options.Data, SyncLie.Files), storage, NullLogger.Instance));
                break;
            default:
                raft.UseFasterStorage(_ => storage);
                break;
        }
    }

    private void Describe(RaftHostOptions raft)
    {
        raft.ClusterId = ServeOptions.ClusterId;
        raft.NodeId = options.Id.Value;
        raft.Join = options.Members.Count == 0;
        raft.Listen = RaftHostOptions.ListenNowhere;
        foreach (NodeId member in raft.Join ? [options.Id] : options.Members)
        {
            raft.Peers.Add(member.ToString(), options.Peers.Own(member));
        }

        raft.Transport.AllowPlaintextOnLoopback = !options.Peers.IsSecure;
        if (options.Tls is { } folder)
        {
            (raft.Tls.Certificate, raft.Tls.Key, raft.Tls.Authority) = (
                Path.Combine(folder, ServeOptions.CertificateFile),
                Path.Combine(folder, ServeOptions.KeyFile),
                Path.Combine(folder, ServeOptions.AuthorityFile));
        }

        raft.TickInterval = options.Tick;
        raft.MaxStaleness = options.MaxStaleness;
        raft.Snapshots = new SnapshotPolicy { Entries = options.SnapshotEntries };
        raft.Consensus = new RaftOptions
        {
            LeaseReads = options.Leases,
            TickMicroseconds = (long)options.Tick.TotalMicroseconds,
            TrailingEntries = options.SnapshotEntries / TrailingShare,
        };
    }

    private void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(options.Api);
        kestrel.ListenRaft(
            options.Peers.OwnEndPoint(options.Id),
            options.Peers.IsSecure ? kestrel.ApplicationServices.GetRequiredService<PeerAuthentication>() : null);
    }

    private static RaftNode Map(WebApplication app)
    {
        app.UseRouting();
        app.MapRaft();
        app.MapStore();
        return app.Services.GetRequiredService<RaftNode>();
    }

    /// <summary>Says in one line what is wrong with the node's files.</summary>
    private T Guarded<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception error) when (error is StorageOpenException or StorageCorruptedException)
        {
            throw new HarnessException(error.Message, error);
        }
        catch (Exception error) when (error is CertificateException or ValidationException)
        {
            throw new HarnessException(
                $"{error.Message} Name the folder with this node's {ServeOptions.CertificateFile}, {ServeOptions.KeyFile} and "
                    + $"{ServeOptions.AuthorityFile} with --tls.",
                error);
        }
        catch (OptionsValidationException error)
        {
            throw new HarnessException(string.Join(' ', error.Failures), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"{options.Data} can't be used: {error.Message} Check the folder, its permissions and the disk.", error);
        }
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new HarnessException(
                $"{error.Message.TrimEnd('.')}. Another program, or another run of this node, has the port: stop it, or name another.", error);
        }
        catch (SocketException error)
        {
            throw new HarnessException(
                $"An address to listen on can't be bound: {error.Message}. --peers and --api must give addresses of this machine.", error);
        }
    }
}
