using System.Net;
using System.Net.Sockets;

namespace NexaLoak.Orchestrator.Health;

/// <summary>Asks a service port whether it accepts connections.</summary>
internal static class ServiceProbe
{
    /// <summary>Connects once, and closes the connection again.</summary>
    public static async Task<ProbeResult> ConnectAsync(IPEndPoint target, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(target, either.Token).ConfigureAwait(false);
            return ProbeResult.Success;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeResult.Failure;
        }
        catch (SocketException exception)
        {
            return Classify(exception.SocketErrorCode);
        }
    }

    // Only what the other side answered, or failed to, says something about it. A lack of sockets, ports or routes here does not.
    private static ProbeResult Classify(SocketError error) => error is SocketError.ConnectionRefused or SocketError.ConnectionReset
        or SocketError.ConnectionAborted or SocketError.TimedOut or SocketError.HostUnreachable or SocketError.HostDown
        ? ProbeResult.Failure
        : ProbeResult.Inconclusive;
}
