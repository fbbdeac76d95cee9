using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace NexaLoak.Tests.Transport;

/// <summary>Passes TCP connections on, and while frozen keeps them open without a byte getting through, as a network does that drops everything.</summary>
internal sealed class FreezableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly IPEndPoint _target;
    private readonly Task _accepting;
    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource _thawed = new();

    public FreezableProxy(IPEndPoint target)
    {
        _target = target;
        _thawed.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Bytes that one way of a connection carries, after which it gets stuck for good.</summary>
    public long BytesPerConnection { get; init; } = long.MaxValue;

    public void Freeze() => _thawed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _thawed.SetResult();

    /// <summary>Ends all connections; new ones may come.</summary>
    public void Cut()
    {
        foreach (TcpClient client in _clients)
        {
            client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Stopped in the middle of an accept the listener throws this or that; cancelled it does not.
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient incoming = await _listener.AcceptTcpClientAsync(_stop.Token);
                _clients.Add(incoming);
                _ = PassOnAsync(incoming);
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy is disposed.
        }
    }

    private async Task PassOnAsync(TcpClient incoming)
    {
        await _thawed.Task;
        var outgoing = new TcpClient();
        _clients.Add(outgoing);
        await outgoing.ConnectAsync(_target);
        await Task.WhenAll(CopyAsync(incoming, outgoing), CopyAsync(outgoing, incoming));
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        byte[] buffer = new byte[16 * 1024];
        long carried = 0;
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
            {
                await _thawed.Task;
                carried += read;
                if (carried > BytesPerConnection)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }

            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException or OperationCanceledException)
        {
            // One side has gone: so must the other.
            from.Dispose();
            to.Dispose();
        }
    }
}
