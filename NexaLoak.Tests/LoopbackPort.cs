using System.Net;
using System.Net.Sockets;

namespace NexaLoak.Tests;

/// <summary>Free addresses on loopback that stay free: each has an IP of its own, so that nobody else is likely to take the port.</summary>
internal static class LoopbackPort
{
    public static IPEndPoint Reserve()
    {
        var address = new IPAddress([127, (byte)Random.Shared.Next(2, 255), (byte)Random.Shared.Next(1, 255), (byte)Random.Shared.Next(1, 255)]);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
