using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Raft.Core.Node;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>
/// Starts and stops a node with its application, and the application with its node. The node stops before everything else, so that it can hand its
/// leadership over while other nodes still reach it.
/// </summary>
internal sealed partial class RaftHostedService(
    RaftNode node, InboundCalls inbound, IHostApplicationLifetime lifetime, ILogger<RaftHostedService> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        node.Start();
        _ = node.Completion.ContinueWith(OnFailed, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await node.StopAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            inbound.End();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void OnFailed(Task completion)
    {
        Exception stopped = completion.Exception!.InnerException!;

        // What the node was told, and not what that came from: the system's own words don't say what to do.
        Exception reason = stopped.InnerException ?? stopped;
        LogFailed(logger, node.Id.Value, reason.Message, reason);

        // A supervisor that starts again what failed must see that it did, unless the application says something else.
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Raft node {Node} can't go on, and the application stops: {Reason}")]
    private static partial void LogFailed(ILogger logger, ulong node, string reason, Exception error);
}
