using System.Net;
using System.Net.Sockets;

namespace Raft.Jepsen.Running.Network;

/// <summary>
/// The way of one node to another: passes the TCP connections of the first on to the second, byte by byte, so TLS goes through unchanged. While a
/// direction is cut nothing gets through in it, not even the end of a connection, and no connection comes about. What was sent meanwhile arrives
/// late, as it would by the retransmission of TCP. What is slow is so a buffer at a time. Connections that are reset end at both sides at once.
/// </summary>
internal sealed class LinkProxy : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly ProxyDirection _there;
    private readonly ProxyDirection _back;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _connections = [];
    private readonly Task _accepting;

    /// <summary>Begins to listen.</summary>
    /// <param name="listen">Where the first node finds the second.</param>
    /// <param name="target">Where the second node is.</param>
    /// <param name="there">The direction to the second node.</param>
    /// <param name="back">The direction to the first node.</param>
    /// <exception cref="SocketException">The address can't be bound.</exception>
    public LinkProxy(IPEndPoint listen, IPEndPoint target, ProxyDirection there, ProxyDirection back)
    {
        (_target, _there, _back) = (target, there, back);
        _listener.Bind(listen);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _listener.Dispose();
        Task[] connections;
        lock (_lock)
        {
            connections = [.. _connections];
        }

        await Task.WhenAll(connections).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Follow(await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy is disposed.
        }
    }

    private void Follow(Socket incoming)
    {
        Task connection = PassOnAsync(incoming);
        lock (_lock)
        {
            _connections.Add(connection);
        }

        _ = connection.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Forget(Task connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }

    private async Task PassOnAsync(Socket incoming)
    {
        // The accepting loop goes on at once.
        await Task.Yield();
        using var outgoing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        (CancellationToken resetThere, CancellationToken resetBack) = (_there.Resets, _back.Resets);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, resetThere, resetBack);
        using (incoming)
        {
            try
            {
                await _there.PassAsync(0, end.Token).ConfigureAwait(false);
                await _back.PassAsync(0, end.Token).ConfigureAwait(false);
                await outgoing.ConnectAsync(_target, end.Token).ConfigureAwait(false);
                incoming.NoDelay = outgoing.NoDelay = true;
                await Task.WhenAll(CopyAsync(incoming, outgoing, _there, end), CopyAsync(outgoing, incoming, _back, end)).ConfigureAwait(false);
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException)
            {
                // One side has gone, and so does the other; or the connection is reset, or the proxy disposed.
            }

            if (resetThere.IsCancellationRequested || resetBack.IsCancellationRequested)
            {
                // What lingers for no time at all is not ended but reset.
                incoming.LingerState = outgoing.LingerState = new LingerOption(enable: true, seconds: 0);
                (resetThere.IsCancellationRequested ? _there : _back).CountReset();
            }
        }
    }

    /// <summary>Copies until the source ends. A source that breaks ends both directions, once the news can get through.</summary>
    private static async Task CopyAsync(Socket from, Socket to, ProxyDirection way, CancellationTokenSource end)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, end.Token).ConfigureAwait(false)) > 0;)
            {
                await way.PassAsync(read, end.Token).ConfigureAwait(false);
                for (int sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), end.Token).ConfigureAwait(false);
                }
            }

            await way.PassAsync(0, end.Token).ConfigureAwait(false);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            await way.PassAsync(0, end.Token).ConfigureAwait(false);
            await end.CancelAsync().ConfigureAwait(false);
        }
    }
}
