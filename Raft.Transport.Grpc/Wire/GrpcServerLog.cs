using Microsoft.Extensions.Logging;

namespace Raft.Transport.Grpc.Wire;

/// <summary>What the server's side of the wire layer has to say.</summary>
internal static partial class GrpcServerLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The caller of connection {Connection} has gone: {Reason}")]
    public static partial void CallAborted(this ILogger logger, string connection, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A call of {Path} failed")]
    public static partial void CallFailed(this ILogger logger, string path, Exception error);
}
