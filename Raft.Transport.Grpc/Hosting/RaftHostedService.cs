using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Raft.Core.Node;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Starts and stops a node with its application, and the application with its node.</summary>
internal sealed partial class RaftHostedService(RaftNode node, IHostApplicationLifetime lifetime, ILogger<RaftHostedService> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        node.Start();
        _ = node.Completion.ContinueWith(OnFailed, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => node.StopAsync().WaitAsync(cancellationToken);

    private void OnFailed(Task completion)
    {
        Exception reason = completion.Exception!.GetBaseException();
        LogFailed(logger, node.Id.Value, reason.Message, reason);
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Raft node {Node} can't go on, and the application stops: {Reason}")]
    private static partial void LogFailed(ILogger logger, ulong node, string reason, Exception error);
}
