using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NexaLoak.Orchestrator.Demo.Processes;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Benchmarks.Transfers;

/// <summary>
/// What it costs three nodes, a process each with TLS and FASTER's storage, that a large state moves to one of them while writes go on: first to an empty
/// node, then to one that is far behind, over a connection that is cut half-way. <c>snapshot-transfer [--size 1GiB] [--rate N] [--garbage 16MiB]</c>
/// </summary>
internal static class TransferFigures
{
    public const string ClusterId = "transfer";

    private const double MiB = 1 << 20;
    private const double MemoryGoal = 64;
    private const int ChunkBytes = 64 << 10;
    private const int Late = 3;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["node", ..])
        {
            return await TransferNode.RunAsync(args[1..]);
        }

        if (Read(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(
                "Usage: snapshot-transfer [--size 1MiB..64GiB, whole blocks of 64 KiB] [--rate 1..10000] [--garbage 256KiB..1GiB, or default]");
            return 2;
        }

        await using var scratch = new ScratchFolder();
        CreateCredentials(scratch.Path);
        IPEndPoint[] listen = [.. Enumerable.Range(0, Late).Select(static _ => FreeEndPoint())];
        await using var proxy = new CuttingProxy(listen[Late - 1]);
        string[] addresses = [.. listen.Select((own, i) => (i == Late - 1 ? proxy.EndPoint : own).ToString())];
        var nodes = new Dictionary<int, NodeProcess>();
        try
        {
            Console.WriteLine(options.Garbage is long garbage
                ? string.Create(CultureInfo.InvariantCulture, $"nodes collect young garbage every {garbage / MiB:0.##} MiB (System.GC.Gen0MaxBudget)")
                : "nodes collect young garbage when .NET thinks best, which depends on the processor's cache");
            await StartAsync(1);
            await StartAsync(2);
            NodeProcess leader = await LeaderAsync(nodes);
            await CompactAsync(leader, nodes);
            bool first = await MeasureAsync("to an empty node", leader, cut: false);
            nodes[Late].Dispose();
            nodes.Remove(Late);
            await CompactAsync(leader, nodes);
            bool second = await MeasureAsync("to a node far behind, cut half-way", leader, cut: true);
            return first && second ? 0 : 1;
        }
        finally
        {
            foreach (NodeProcess node in nodes.Values)
            {
                node.Dispose();
            }
        }

        async Task StartAsync(int id)
            => nodes[id] = await NodeProcess.StartAsync(
                id, options.Garbage, [scratch.Path, $"{id}", options.Size.ToString(CultureInfo.InvariantCulture), listen[id - 1].ToString(), .. addresses]);

        async Task<bool> MeasureAsync(string what, NodeProcess leading, bool cut)
        {
            await leading.AskAsync(string.Create(CultureInfo.InvariantCulture, $"load {options.Rate}"));
            await Task.Delay(Settling);
            await leading.AskAsync("latency");
            double[] leaderBefore = await leading.AskAsync("reset");
            await Task.Delay(Window);
            double[] quiet = await leading.AskAsync("latency");
            NodeView before = await leading.LookAsync();
            long passedBefore = proxy.Passed;
            long began = Stopwatch.GetTimestamp();
            await StartAsync(Late);
            double[] followerBefore = await nodes[Late].AskAsync("reset");
            while ((await nodes[Late].LookAsync()).AppliedIndex < before.SnapshotIndex)
            {
                if (cut && proxy.Passed - passedBefore > options.Size / 2)
                {
                    proxy.Cut();
                    cut = false;
                }

                RequirePatience(began, "the snapshot does not arrive");
                await Task.Delay(20);
            }

            TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
            double[] busy = await leading.AskAsync("latency");
            await leading.AskAsync("load 0");
            var result = new TransferResult(
                elapsed,
                quiet,
                busy,
                Grown(leaderBefore, await leading.AskAsync("most")),
                Grown(followerBefore, await nodes[Late].AskAsync("most")),
                (long)((await leading.LookAsync()).ChunksSent - before.ChunksSent) * ChunkBytes,
                proxy.Passed - passedBefore,
                (await LeaderAsync(nodes)).Id != leading.Id || (await leading.LookAsync()).Term > before.Term);
            return Report(what, options.Size, result);
        }
    }

    /// <summary>
    /// Fills the log until everybody there has taken a snapshot and the leader can't serve a late node from its log, once it has lost sight of it.
    /// </summary>
    private static async Task CompactAsync(NodeProcess leader, Dictionary<int, NodeProcess> nodes)
    {
        await Task.Delay(Settling);
        NodeView before = await leader.LookAsync();
        await leader.AskAsync(string.Create(CultureInfo.InvariantCulture, $"burst {TransferNode.SnapshotEntries + 1}"));
        long began = Stopwatch.GetTimestamp();
        foreach (NodeProcess node in nodes.Values)
        {
            while (await node.LookAsync() is var view && (view.SnapshotIndex <= before.SnapshotIndex || view.BaseIndex <= before.LastIndex))
            {
                RequirePatience(began, $"node {node.Id} takes no snapshot, or its log is not given up");
                await Task.Delay(50);
            }
        }
    }

    private static async Task<NodeProcess> LeaderAsync(Dictionary<int, NodeProcess> nodes)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            foreach (NodeProcess node in nodes.Values)
            {
                if ((await node.LookAsync()).Role == Role.Leader)
                {
                    return node;
                }
            }

            RequirePatience(began, "nobody leads");
            await Task.Delay(50);
        }
    }

    private static (double Heap, double Resident) Grown(double[] before, double[] most) => (most[0] - before[0], most[1] - before[1]);

    private static bool Report(string what, long size, TransferResult result)
    {
        double seconds = result.Elapsed.TotalSeconds;
        FormattableString[] lines =
        [
            $"{size / MiB:0} MiB {what}: {seconds:0.0} s from the node's start to its state, {size / MiB / seconds:0} MiB/s",
            $"  commits before: {Describe(result.Quiet)}",
            $"  commits during: {Describe(result.Busy)}",
            $"  leader's memory grown at most: heap {result.Leader.Heap:0.0}, resident {result.Leader.Resident:0.0} MiB (goal below {MemoryGoal:0})",
            $"  the node's memory grown at most: heap {result.Follower.Heap:0.0}, resident {result.Follower.Resident:0.0} MiB (goal below {MemoryGoal:0})",
            $"  sent again: {(result.Sent - size) / MiB:0.00} MiB of pieces; {result.Passed / MiB:0.0} MiB on the wire to the node",
            $"  elections: {(result.Elected ? "yes" : "none")}",
        ];
        foreach (FormattableString line in lines)
        {
            Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        }

        return !result.Elected && Math.Max(result.Leader.Resident, result.Follower.Resident) < MemoryGoal && result.Sent - size < size / 4;
    }

    private static string Describe(double[] commits) => string.Create(
        CultureInfo.InvariantCulture,
        $"{commits[0]:0}, p50 {commits[2]:0.00} ms, p99 {commits[3]:0.00} ms, longest {commits[4]:0.0} ms, {commits[1]:0} failed");

    private static void CreateCredentials(string folder)
    {
        using var authority = ClusterCertificateAuthority.Create(ClusterId);
        authority.Save(Path.Combine(folder, "ca.crt"), Path.Combine(folder, "ca.key"));
        for (int id = 1; id <= Late; id++)
        {
            using NodeCertificate certificate = authority.IssueNode(new NodeId((ulong)id));
            certificate.Save(Path.Combine(folder, $"{id}.crt"), Path.Combine(folder, $"{id}.key"));
        }
    }

    private static IPEndPoint FreeEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static void RequirePatience(long began, string complaint)
    {
        if (Stopwatch.GetElapsedTime(began) > Patience)
        {
            throw new InvalidOperationException($"The measurement failed: {complaint}.");
        }
    }

    private static (long Size, int Rate, long? Garbage)? Read(string[] args)
    {
        (long size, int rate, long? garbage) = (1L << 30, 200, 16 << 20);
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            switch (args[i])
            {
                case "--size" when ReadSize(args[i + 1]) is long bytes and >= 1 << 20 and <= 64L << 30 && bytes % ChunkBytes == 0:
                    size = bytes;
                    break;
                case "--rate" when int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is >= 1 and <= 10_000:
                    rate = value;
                    break;
                case "--garbage" when args[i + 1] == "default":
                    garbage = null;
                    break;
                case "--garbage" when ReadSize(args[i + 1]) is long bytes and >= 256 << 10 and <= 1 << 30:
                    garbage = bytes;
                    break;
                default:
                    return null;
            }
        }

        return args.Length % 2 == 0 ? (size, rate, garbage) : null;
    }

    private static long? ReadSize(string text)
    {
        (string Unit, int Bits)[] units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("", 0)];
        (string unit, int bits) = Array.Find(units, one => text.EndsWith(one.Unit, StringComparison.Ordinal));
        return int.TryParse(text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? (long)number << bits : null;
    }
}
