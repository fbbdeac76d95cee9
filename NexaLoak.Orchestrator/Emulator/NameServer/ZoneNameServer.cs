using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>The zone's name server on 127.0.0.1, over UDP and TCP on one port. It listens from its creation on.</summary>
internal sealed class ZoneNameServer : IAsyncDisposable
{
    private const int MaxQueryLength = 4096;
    private const int MaxConnections = 64;
    private const int Backlog = 64;
    private const int PortAttempts = 20;
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _connections = new(MaxConnections);
    private readonly ZoneResolver _resolver;
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly Task _udpLoop;
    private readonly Task _tcpLoop;

    /// <summary>Starts a name server.</summary>
    /// <param name="zone">The zone it answers for.</param>
    /// <param name="port">The port; 0 takes one that is free for both protocols.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public ZoneNameServer(EmulatedZone zone, int port)
    {
        _resolver = new ZoneResolver(zone);
        (_udp, _tcp) = Bind(port);
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _udpLoop = AnswerDatagramsAsync();
        _tcpLoop = AcceptConnectionsAsync();
    }

    /// <summary>Where it answers.</summary>
    public IPEndPoint EndPoint { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await Task.WhenAll(_udpLoop, _tcpLoop);
        _stopping.Dispose();
        _connections.Dispose();
    }

    private static (Socket Udp, Socket Tcp) Bind(int port)
    {
        for (int attempt = 1; ; attempt++)
        {
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                tcp.Bind(new IPEndPoint(IPAddress.Loopback, port));
                udp.Bind(tcp.LocalEndPoint!);
                tcp.Listen(Backlog);
                return (udp, tcp);
            }
            catch (SocketException e)
            {
                tcp.Dispose();
                udp.Dispose();

                // A port that is free for TCP may be taken for UDP: then another one is tried.
                if (port != 0 || attempt == PortAttempts)
                {
                    throw new IOException(
                        $"The emulator's name server can't listen on 127.0.0.1:{port}: {e.Message}. Choose another port, or 0 for a free one.", e);
                }
            }
        }
    }

    private async Task AnswerDatagramsAsync()
    {
        byte[] buffer = new byte[MaxQueryLength];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, anyone, _stopping.Token);
                if (DnsQueryParser.Parse(buffer.AsMemory(0, received.ReceivedBytes)) is { } query)
                {
                    byte[] answer = DnsAnswerWriter.Write(query, _resolver.Resolve(query), DnsAnswerWriter.UdpLimit(query));
                    await _udp.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, _stopping.Token);
                }
            }
            catch (Exception e) when (IsEnd(e))
            {
                return;
            }
            catch (SocketException)
            {
                // A client that is gone, or a datagram that was too large: the next one has nothing to do with it.
                continue;
            }
        }
    }

    private async Task AcceptConnectionsAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                await _connections.WaitAsync(_stopping.Token);
                open.RemoveAll(static task => task.IsCompleted);
                if (await AcceptAsync() is { } client)
                {
                    open.Add(ServeAsync(client));
                }
                else
                {
                    _connections.Release();
                }
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            await Task.WhenAll(open);
        }
    }

    private async Task<Socket?> AcceptAsync()
    {
        try
        {
            return await _tcp.AcceptAsync(_stopping.Token);
        }
        catch (SocketException) when (!_stopping.IsCancellationRequested)
        {
            // The client went before it was let in.
            return null;
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using (client)
            {
                await AnswerConnectionAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The client broke off, was idle for too long, or the server stops: in each case the connection is over.
            return;
        }
        finally
        {
            _connections.Release();
        }
    }

    /// <summary>
    /// Answers the queries of a connection, each behind its length (RFC 1035, section 4.2.2), until the client ends it or sends what is no query.
    /// </summary>
    private async Task AnswerConnectionAsync(Socket client)
    {
        byte[] length = new byte[sizeof(ushort)];
        while (true)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            limit.CancelAfter(IdleLimit);
            if (!await ReceiveAsync(client, length, limit.Token))
            {
                return;
            }

            byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            if (!await ReceiveAsync(client, message, limit.Token) || DnsQueryParser.Parse(message) is not { } query)
            {
                return;
            }

            byte[] answer = DnsAnswerWriter.Write(query, _resolver.Resolve(query), DnsAnswerWriter.MaxLength);
            byte[] frame = [(byte)(answer.Length >> 8), (byte)answer.Length, .. answer];
            for (int sent = 0; sent < frame.Length;)
            {
                sent += await client.SendAsync(frame.AsMemory(sent), limit.Token);
            }
        }
    }

    private static async Task<bool> ReceiveAsync(Socket client, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await client.ReceiveAsync(buffer, cancellationToken);
            if (count == 0)
            {
                return false;
            }

            buffer = buffer[count..];
        }

        return true;
    }

    private bool IsEnd(Exception e)
        => e is OperationCanceledException or ObjectDisposedException || (e is SocketException && _stopping.IsCancellationRequested);
}
