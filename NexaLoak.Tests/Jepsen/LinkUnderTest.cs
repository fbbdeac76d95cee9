using System.Net.Sockets;
using NUnit.Framework;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Jepsen;

/// <summary>A proxy with a client before it and a server behind it.</summary>
internal sealed class LinkUnderTest : IAsyncDisposable
{
    private readonly TcpListener _server = new(LoopbackPort.Reserve());
    private TcpClient _client = new();
    private readonly System.Net.IPEndPoint _listen = LoopbackPort.Reserve();
    private readonly LinkProxy _proxy;
    private TcpClient? _accepted;

    public LinkUnderTest()
    {
        _server.Start();
        _proxy = new LinkProxy(_listen, (System.Net.IPEndPoint)_server.LocalEndpoint, ThereWay, BackWay);
    }

    public ProxyDirection ThereWay { get; } = new(new RandomStream(1));

    public ProxyDirection BackWay { get; } = new(new RandomStream(2));

    /// <summary>The client's end.</summary>
    public NetworkStream There => _client.GetStream();

    /// <summary>The server's end.</summary>
    public NetworkStream Back => _accepted!.GetStream();

    public bool HasArrived => _accepted is not null || _server.Pending();

    public async Task ConnectAsync()
    {
        await _client.ConnectAsync(_listen);
        _accepted = await _server.AcceptTcpClientAsync();
    }

    /// <summary>Connects anew, in the place of a connection that has ended.</summary>
    public Task ConnectAgainAsync()
    {
        _client.Dispose();
        _accepted?.Dispose();
        _client = new TcpClient();
        return ConnectAsync();
    }

    /// <summary>The next byte; -1 at the end of the connection, however it ended.</summary>
    public static async Task<int> ReadAsync(NetworkStream stream)
    {
        byte[] one = new byte[1];
        try
        {
            return await stream.ReadAsync(one) == 1 ? one[0] : -1;
        }
        catch (IOException)
        {
            return -1;
        }
    }

    /// <summary>Passes when bytes have gone to and fro over another link many times: what was not cut would have arrived by then.</summary>
    public static async Task LetTimePassAsync()
    {
        await using var other = new LinkUnderTest();
        await other.ConnectAsync();
        for (byte turn = 0; turn < 100; turn++)
        {
            await other.There.WriteAsync(new[] { turn });
            Assert.That(await ReadAsync(other.Back), Is.EqualTo(turn));
            await other.Back.WriteAsync(new[] { turn });
            Assert.That(await ReadAsync(other.There), Is.EqualTo(turn));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _accepted?.Dispose();
        await _proxy.DisposeAsync();
        ThereWay.Dispose();
        BackWay.Dispose();
        _server.Dispose();
    }
}
