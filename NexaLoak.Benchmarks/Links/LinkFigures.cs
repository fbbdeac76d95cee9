using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Running.Network.Namespaces;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Benchmarks.Links;

/// <summary>
/// What the networks of the harness add to a TCP connection when no link is bad: how long an echo takes, and how much gets through. <c>links</c>
/// </summary>
internal static class LinkFigures
{
    private const int WarmUps = 500, Echoes = 5_000, SmallBytes = 100, LargeBytes = 64 * 1024;
    private const int Streams = 7;
    private const long StreamBytes = 32L << 20;

    public static async Task<int> RunAsync()
    {
        Console.WriteLine("| TCP over | Echo of 100 bytes, median | 99 % | Echo of 64 KiB, median | 99 % | One way, best of 7 |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var here = new IPEndPoint(IPAddress.Loopback, 0);
        await MeasureAsync("loopback, directly", OpenSocket(), OpenSocket(), here, here);
        await MeasureProxyAsync();
        var namespaces = new NamespaceNetwork(new RandomStreams(1));
        await using (namespaces)
        {
            namespaces.Add(1);
            namespaces.Add(2);
            IPAddress target = namespaces.Api(2).Address;
            Socket client = await namespaces.OpenSocketAsync(namespaces.Api(1).Address);
            await MeasureAsync("two namespaces and the switch", client, await namespaces.OpenSocketAsync(target), new IPEndPoint(target, 0), null);
        }

        return 0;
    }

    private static async Task MeasureProxyAsync()
    {
        using var way = new ProxyDirection(new RandomStream(1));
        using Socket reserved = OpenSocket();
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket server = OpenSocket();
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var listen = new IPEndPoint(IPAddress.Parse("127.1.2.3"), ((IPEndPoint)reserved.LocalEndPoint!).Port);
        var proxy = new LinkProxy(listen, (IPEndPoint)server.LocalEndPoint!, way, way);
        await using (proxy)
        {
            await MeasureAsync("loopback and a proxy", OpenSocket(), server, null, listen);
        }
    }

    /// <summary>Measures a connection between two sockets, and closes them.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="client">Connects.</param>
    /// <param name="server">Listens.</param>
    /// <param name="bind">Where to listen, unless it is bound already.</param>
    /// <param name="target">Where to connect to, unless it is where the other listens.</param>
    private static async Task MeasureAsync(string name, Socket client, Socket server, IPEndPoint? bind, IPEndPoint? target)
    {
        using (client)
        using (server)
        {
            if (bind is not null)
            {
                server.Bind(bind);
            }

            server.Listen();
            await client.ConnectAsync(target is { Port: > 0 } ? target : server.LocalEndPoint!);
            using Socket accepted = await server.AcceptAsync();
            client.NoDelay = accepted.NoDelay = true;
            Latency small = Echo(client, accepted, SmallBytes), large = Echo(client, accepted, LargeBytes);
            double rate = Enumerable.Range(0, Streams).Max(_ => Stream(client, accepted));
            Console.WriteLine(
                $"| {name} | {small.P50:0} µs | {small.P99:0} µs | {large.P50:0} µs | {large.P99:0} µs | {rate:0} MB/s |");
        }
    }

    /// <summary>Microseconds until what was sent has come back.</summary>
    private static Latency Echo(Socket client, Socket server, int bytes)
    {
        var echoing = new Thread(() =>
        {
            byte[] buffer = new byte[bytes];
            for (int turn = 0; turn < WarmUps + Echoes; turn++)
            {
                ReceiveAll(server, buffer);
                SendAll(server, buffer);
            }
        });
        echoing.Start();
        byte[] message = new byte[bytes];
        double[] times = new double[Echoes];
        for (int turn = 0; turn < WarmUps + Echoes; turn++)
        {
            long began = Stopwatch.GetTimestamp();
            SendAll(client, message);
            ReceiveAll(client, message);
            if (turn >= WarmUps)
            {
                times[turn - WarmUps] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
            }
        }

        echoing.Join();
        return new Latency(times);
    }

    /// <summary>Megabytes a second in one direction.</summary>
    private static double Stream(Socket client, Socket server)
    {
        var sending = new Thread(() =>
        {
            byte[] piece = new byte[LargeBytes];
            for (long sent = 0; sent < StreamBytes; sent += piece.Length)
            {
                SendAll(client, piece);
            }
        });
        byte[] buffer = new byte[LargeBytes];
        long began = Stopwatch.GetTimestamp();
        sending.Start();
        for (long received = 0; received < StreamBytes;)
        {
            received += server.Receive(buffer);
        }

        sending.Join();
        return StreamBytes / 1e6 / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static Socket OpenSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private static void ReceiveAll(Socket socket, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Receive(bytes)..];
        }
    }
}
