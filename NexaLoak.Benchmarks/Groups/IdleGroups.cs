using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Raft.Core.Membership;

namespace NexaLoak.Benchmarks.Groups;

/// <summary>
/// What many idle groups on three hosts cost more than one, on one gRPC transport and one ticker a host. Both are measured by turns in one run, all hosts in
/// this process, so that the differences do not depend on the machine. <c>groups [--groups N] [--rounds N] [--idle SECONDS]</c>
/// </summary>
internal static class IdleGroups
{
    private const int Hosts = 3;
    private const double CpuGoal = 1.0;
    private const double HeapGoal = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(string[] args)
    {
        if (Read(args) is not { } options)
        {
            await Console.Error.WriteLineAsync("Usage: groups [--groups 2..10000] [--rounds 1..100] [--idle SECONDS, 1..3600]");
            return 2;
        }

        // Everything is compiled before it counts.
        await MeasureAsync(options.Groups, Settling);
        List<IdleGroupFigures> one = [];
        List<IdleGroupFigures> many = [];
        for (int round = 1; round <= options.Rounds; round++)
        {
            one.Add(await MeasureAsync(1, options.Idle));
            many.Add(await MeasureAsync(options.Groups, options.Idle));
            Console.WriteLine($"round {round}: 1 group {one[^1]}; {options.Groups} groups {many[^1]}");
        }

        return Report(options.Groups, Median(one), Median(many));
    }

    private static async Task<IdleGroupFigures> MeasureAsync(int groups, TimeSpan idle)
    {
        Dictionary<NodeId, Uri> peers = Enumerable.Range(1, Hosts).ToDictionary(static id => new NodeId((ulong)id), static _ => FreeAddress());
        // What the hosts before leave behind is let go bit by bit.
        await Task.Delay(Settling);
        double heapBefore = HeapMiB();
        var hosts = new List<GroupHost>();
        try
        {
            foreach (NodeId id in peers.Keys)
            {
                hosts.Add(await GroupHost.StartAsync(id, groups, peers));
            }

            await AllLedByFirstAsync(hosts, groups);
            await Task.Delay(Settling);
            return await WatchAsync(hosts, [.. peers.Keys], heapBefore, idle);
        }
        finally
        {
            await Task.WhenAll(hosts.Select(static host => host.DisposeAsync().AsTask()));
        }
    }

    /// <summary>With all leaders on one host, one group and many have the same pairs that talk.</summary>
    private static async Task AllLedByFirstAsync(List<GroupHost> hosts, int groups)
    {
        long began = Stopwatch.GetTimestamp();
        while (hosts[0].Leads < groups)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new InvalidOperationException("The measurement failed: the first host does not come to lead all groups.");
            }

            await Task.Delay(100);
            await Task.WhenAll(hosts.Skip(1).Select(static host => host.GiveAwayAsync(new NodeId(1))));
        }
    }

    private static async Task<IdleGroupFigures> WatchAsync(List<GroupHost> hosts, NodeId[] ids, double heapBefore, TimeSpan idle)
    {
        double heap = (HeapMiB() - heapBefore) / Hosts;
        long framesBefore = Frames(hosts, ids);
        using var self = Process.GetCurrentProcess();
        TimeSpan cpuBefore = self.TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        await Task.Delay(idle);
        self.Refresh();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        double cpu = 100 * (self.TotalProcessorTime - cpuBefore) / elapsed / Hosts;
        return new IdleGroupFigures(cpu, heap, (Frames(hosts, ids) - framesBefore) / elapsed.TotalSeconds / (Hosts - 1));
    }

    /// <summary>What the leaders' host wrote.</summary>
    private static long Frames(List<GroupHost> hosts, NodeId[] ids) => ids.Skip(1).Sum(hosts[0].FramesTo);

    private static double HeapMiB()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true) / (1024.0 * 1024.0);
    }

    private static Uri FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://{socket.LocalEndPoint}");
    }

    private static IdleGroupFigures Median(List<IdleGroupFigures> rounds)
    {
        return new IdleGroupFigures(Of(static round => round.CpuPercent), Of(static round => round.HeapMiB), Of(static round => round.FramesPerSecond));

        double Of(Func<IdleGroupFigures, double> figure) => rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
    }

    private static int Report(int groups, IdleGroupFigures one, IdleGroupFigures many)
    {
        double cpu = many.CpuPercent - one.CpuPercent;
        double heap = many.HeapMiB - one.HeapMiB;
        Console.WriteLine("Idle groups on 3 hosts, tick 100 ms, medians for one host:");
        Console.WriteLine($"  1 group:    {one}");
        Console.WriteLine($"  {groups} groups: {many}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  ratio: CPU {many.CpuPercent / one.CpuPercent:0.0}, frames {many.FramesPerSecond / one.FramesPerSecond:0.00}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  more: CPU {cpu:0.00} % of a core (goal below {CpuGoal:0} %), heap {heap:0.0} MiB (goal below {HeapGoal:0} MiB)"));
        return cpu < CpuGoal && heap < HeapGoal ? 0 : 1;
    }

    private static (int Groups, int Rounds, TimeSpan Idle)? Read(string[] args)
    {
        (int groups, int rounds, int idle) = (100, 3, 10);
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            bool known = int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0;
            switch (args[i])
            {
                case "--groups" when known && value is >= 2 and <= 10_000:
                    groups = value;
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

        return args.Length % 2 == 0 ? (groups, rounds, TimeSpan.FromSeconds(idle)) : null;
    }
}
