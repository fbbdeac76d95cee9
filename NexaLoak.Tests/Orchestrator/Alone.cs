using System.Net;
using System.Net.Sockets;
using NexaLoak.Orchestrator.Configuration;
using NexaLoak.Orchestrator.Emulator;

namespace NexaLoak.Tests.Orchestrator;

/// <summary>Plans of clusters of one node, which need nobody else to work.</summary>
internal static class Alone
{
    public static FleetPlan Of(FleetPlan plan) => plan with { Nodes = [plan.Nodes[0]], RaftPort = FreePort(), ApiPort = FreePort() };

    /// <summary>The same, with an emulated Cloudflare to talk to.</summary>
    public static FleetPlan Reaching(CloudflareEmulator cloud, FleetPlan plan)
        => Of(plan) with { Token = cloud.Token, DnsApi = cloud.ApiBaseAddress };

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
