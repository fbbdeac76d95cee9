using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Connections;
using NexaLoak.Orchestrator.Configuration;
using Raft.Core.Node;
using Raft.Core.Storage;
using Raft.Storage.Faster;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Orchestrator.Hosting;

/// <summary>Runs one node from its start until it is told to stop, and says in one line why it can't.</summary>
internal static class NodeHost
{
    /// <summary>Runs the node until the process is told to stop.</summary>
    /// <exception cref="OperatorException">It can't start, or could not go on.</exception>
    public static async Task RunAsync(NodeConfiguration configuration, LogFormat logFormat)
    {
        WebApplication app = NodeServices.Build(configuration, logFormat);
        await using (app.ConfigureAwait(false))
        {
            await PrepareAsync(app, configuration);
            await StartAsync(app);
            await WaitForShutdownAsync(app);
            ThrowIfFailed(app.Services);
        }
    }

    // Everything that can be wrong with the node's own files is found before anything is heard of the node outside.
    private static async Task PrepareAsync(WebApplication app, NodeConfiguration configuration)
    {
        try
        {
            NodeServices.Map(app);
            var storage = app.Services.GetRequiredService<IRaftStorage>();
            _ = app.Services.GetRequiredService<RaftNode>();
            await app.Services.GetRequiredService<DomainAccess>().CheckAsync(isFirstStart: storage.Recovered.IsEmpty);
        }
        catch (Exception error) when (error is StorageOpenException or StorageCorruptedException)
        {
            throw new OperatorException(error.Message, error);
        }
        catch (Exception error) when (error is CertificateException or ValidationException)
        {
            throw new OperatorException(
                $"{configuration.File}, $.tls: {error.Message} Give the node its own files of those that 'nexaloak init' wrote.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"{configuration.DataDirectory} can't be used: {error.Message} Check the folder, its permissions and the disk.", error);
        }
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new OperatorException(
                $"{error.Message.TrimEnd('.')}. Another program, or another run of this node, has the port: "
                    + "stop it, or change the port in the configuration.", error);
        }
        catch (System.Net.Sockets.SocketException error)
        {
            throw new OperatorException(
                $"An address to listen on can't be bound: {error.Message}. Correct raft.listen or api.listen: "
                    + "both must be addresses of this machine.", error);
        }
    }

    private static async Task WaitForShutdownAsync(WebApplication app)
    {
        try
        {
            await app.WaitForShutdownAsync();
        }
        catch (OperationCanceledException error)
        {
            throw new OperatorException(
                "The node did not stop in time and was cut off: what it acknowledged is on its disk. Start it again as usual.", error);
        }
    }

    private static void ThrowIfFailed(IServiceProvider services)
    {
        Exception? failure = services.GetRequiredService<IRaft>().Status.Failure
            ?? services.GetServices<IHostedService>()
                .OfType<BackgroundService>()
                .Select(service => service.ExecuteTask?.Exception)
                .FirstOrDefault(error => error is not null);
        if (failure is not null)
        {
            string reason = (failure as AggregateException)?.InnerException?.Message ?? failure.Message;
            throw new OperatorException(
                $"The node could not go on: {reason} Put that right and start it again: what it acknowledged is on its disk.", failure);
        }
    }
}
