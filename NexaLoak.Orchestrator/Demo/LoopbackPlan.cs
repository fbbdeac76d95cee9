using System.Globalization;
using System.Net;
using NexaLoak.Orchestrator.Configuration;
using NexaLoak.Orchestrator.Demo.Processes;
using NexaLoak.Orchestrator.Emulator;

namespace NexaLoak.Orchestrator.Demo;

/// <summary>Plans a fleet that lives on this machine: nodes n1, n2, … on 127.0.1.1, 127.0.1.2, …, with an emulated Cloudflare.</summary>
internal static class LoopbackPlan
{
    /// <summary>Makes the plan, on ports that are free now.</summary>
    /// <exception cref="OperatorException">The addresses can't be bound.</exception>
    public static FleetPlan Create(string cluster, int nodes, string domain, CloudflareEmulator emulator)
    {
        IPAddress[] addresses = [.. Enumerable.Range(1, nodes).Select(number => new IPAddress([127, 0, 1, (byte)number]))];
        IReadOnlyList<int> ports = FreePorts.Find(addresses, count: 3);
        return new FleetPlan
        {
            Cluster = cluster,
            Nodes = [.. addresses.Select((address, i) => new PlannedNode(string.Create(CultureInfo.InvariantCulture, $"n{i + 1}"), address))],
            Zone = emulator.ZoneName,
            Domain = domain,
            Token = emulator.Token,
            DnsApi = emulator.ApiBaseAddress,
            RaftPort = ports[0],
            ApiPort = ports[1],
            ApiAddress = null,
            VpnPort = ports[2],
        };
    }
}
