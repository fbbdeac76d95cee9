using System.Net;
using System.Net.Sockets;

namespace NexaLoak.Orchestrator.Demo.Processes;

/// <summary>Stands in for a VPN service where V2Ray is not installed: a port that takes connections and says nothing.</summary>
internal sealed class ListenerService : IVpnService
{
    /// <summary>What it is called in events.</summary>
    public const string ServiceKind = "listener";

    private readonly TcpListener _listener;
    private readonly Task _accepting;

    public ListenerService(IPEndPoint endPoint)
    {
        _listener = new TcpListener(endPoint);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using Socket connection = await _listener.AcceptSocketAsync();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }
}
