using System.Globalization;
using System.Net;
using NexaLoak.Orchestrator.Configuration;
using NexaLoak.Orchestrator.Demo;
using NexaLoak.Orchestrator.Demo.Processes;
using NexaLoak.Orchestrator.Emulator;

namespace NexaLoak.Benchmarks.Fleet;

/// <summary>
/// What a node costs and how fast it is there: real <c>nexaloak serve</c> processes on loopback, timed from outside.
/// <c>fleet [--nodes N] [--rounds N] [--idle SECONDS]</c>
/// </summary>
internal static class FleetFigures
{
    private const string Zone = "example.com";
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        if (Read(args) is not { } options)
        {
            await Console.Error.WriteLineAsync("Usage: fleet [--nodes 1..9] [--rounds 1..100] [--idle SECONDS, 1..3600]");
            return 2;
        }

        var figures = new List<FleetRound>();
        for (int round = 0; round < options.Rounds; round++)
        {
            figures.Add(await MeasureAsync(options));
            Console.WriteLine($"round {round + 1} of {options.Rounds}: {figures[^1]}");
        }

        Console.WriteLine($"{options.Nodes} nodes, {options.Rounds} rounds, {options.Idle.TotalSeconds} s idle; median (least to most):");
        Print("one node's start to its API's answer, others idle", "ms", figures.Select(round => round.StartMs));
        Print("all nodes' start at once to the first leader", "ms", figures.Select(round => round.FirstLeaderMs));
        Print("idle node: resident memory", "MiB", figures.SelectMany(round => round.ResidentMiB));
        Print("idle node: share of one core", "%", figures.SelectMany(round => round.CpuPercent));
        return 0;
    }

    private static async Task<FleetRound> MeasureAsync((int Nodes, int Rounds, TimeSpan Idle) options)
    {
        await using var scratch = new ScratchFolder();
        await using CloudflareEmulator emulator = await CloudflareEmulator.StartAsync(
            new CloudflareEmulatorOptions { ZoneName = Zone }, CancellationToken.None);
        FleetPlan plan = LoopbackPlan.Create("figures", options.Nodes, $"vpn.{Zone}", emulator);
        string folder = Path.Combine(scratch.Path, "fleet");
        FleetFolder.Write(folder, plan);
        ListenerService[] vpns = [.. plan.Nodes.Select(node => new ListenerService(new IPEndPoint(node.Address, plan.VpnPort)))];
        var nodes = plan.Nodes.Select(node => new MeasuredNode(Path.Combine(folder, node.Name), new IPEndPoint(node.Address, plan.ApiPort))).ToList();
        try
        {
            double firstLeader = (await Task.WhenAll(nodes.Select(node => node.StartAsync("readyz")))).Min();
            await Task.Delay(Settling);
            nodes[^1].Kill();
            double start = await nodes[^1].StartAsync("healthz");
            await Task.Delay(Settling);
            double[] cpu = await Task.WhenAll(nodes.Select(node => node.CpuPercentAsync(options.Idle)));
            return new FleetRound(start, firstLeader, [.. nodes.Select(node => node.ResidentMiB)], cpu);
        }
        finally
        {
            nodes.ForEach(node => node.Dispose());
            await Task.WhenAll(vpns.Select(vpn => vpn.DisposeAsync().AsTask()));
        }
    }

    private static void Print(string what, string unit, IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {what,-52} {sorted[sorted.Length / 2],8:0.0} {unit} ({sorted[0]:0.0} to {sorted[^1]:0.0})"));
    }

    private static (int Nodes, int Rounds, TimeSpan Idle)? Read(string[] args)
    {
        (int nodes, int rounds, int idle) = (5, 5, 30);
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            bool known = int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0;
            switch (args[i])
            {
                case "--nodes" when known && value <= 9:
                    nodes = value;
                    break;
                case "--rounds" when known && value <= 100:
                    rounds = value;
                    break;
                case "--idle" when known && value <= 3600:
                    idle = value;
                    break;
                default:
                    return null;
            }
        }

        return args.Length % 2 == 0 ? (nodes, rounds, TimeSpan.FromSeconds(idle)) : null;
    }
}
