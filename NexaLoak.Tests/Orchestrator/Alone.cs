using System.Net;
using System.Net.Sockets;
using NexaLoak.Orchestrator.Api;
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

    /// <summary>True when the node answers, has registered, and knows a leader.</summary>
    public static async Task<bool> IsServingAsync(Uri api)
    {
        using var client = new StatusClient(TimeSpan.FromSeconds(5));
        try
        {
            NodeStatus status = await client.GetAsync(api, CancellationToken.None);
            return status is { Leader: not null, Nodes.Count: > 0 };
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
