using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace NexaLoak.Benchmarks.Transfers;

/// <summary>Passes TCP connections on, counts the bytes to the target, and can cut all of them.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private const int BufferBytes = 256 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private long _passed;

    public CuttingProxy(IPEndPoint target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Bytes that went to the target.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    /// <summary>Ends all connections at once.</summary>
    public void Cut()
    {
        foreach (TcpClient client in _clients.Keys)
        {
            client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
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
                _ = PassOnAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy is disposed.
        }
    }

    private async Task PassOnAsync(TcpClient incoming)
    {
        using var outgoing = new TcpClient();
        using (incoming)
        {
            _clients[incoming] = _clients[outgoing] = true;
            try
            {
                await outgoing.ConnectAsync(_target);
                await Task.WhenAny(CopyAsync(incoming, outgoing, counts: true), CopyAsync(outgoing, incoming, counts: false));
            }
            catch (SocketException)
            {
                // The target does not run yet: the caller comes again.
            }
            finally
            {
                _clients.TryRemove(incoming, out _);
                _clients.TryRemove(outgoing, out _);
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool counts)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
                Interlocked.Add(ref _passed, counts ? read : 0);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            // One side has gone: so must the other.
        }
    }
}
