using System.Diagnostics;
using System.Globalization;
using NexaLoak.Benchmarks.Consensus;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Transport;

namespace NexaLoak.Benchmarks.Minority;

/// <summary>
/// Whether a dead minority slows the others down: commit latency of five nodes in one process, with all of them alive and with two cut off, by turns in
/// one run, so that the ratio does not depend on the machine. <c>minority [--rounds N] [--commits N]</c>
/// </summary>
internal static class MinorityLoss
{
    private const double Goal = 1.2;
    private static readonly TimeSpan Sync = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        if (Read(args) is not { } options)
        {
            await Console.Error.WriteLineAsync("Usage: minority [--rounds 1..1000] [--commits 10..100000]");
            return 2;
        }

        var network = new InMemoryNetwork();
        NodeId[] ids = [.. Enumerable.Range(1, 5).Select(id => new NodeId((ulong)id))];
        DelayedStorage[] storages = [.. ids.Select(_ => new DelayedStorage(Sync))];
        RaftNode[] nodes = [.. ids.Select((id, i) => Start(id, ids, storages[i], network))];
        List<double> healthy = [];
        List<double> crippled = [];
        try
        {
            RaftNode leader = await LeaderAsync(nodes);
            await MeasureAsync(leader, options.Commits, []);
            for (int round = 0; round < options.Rounds; round++)
            {
                await MeasureAsync(leader, options.Commits, healthy);
                foreach (NodeId dead in ids.Where(id => id != leader.Id).Take(2))
                {
                    network.Isolate(dead, ids);
                }

                await MeasureAsync(leader, options.Commits, crippled);
                network.Heal();
                await CaughtUpAsync(leader);
            }
        }
        finally
        {
            await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
            await Task.WhenAll(storages.Select(storage => storage.DisposeAsync().AsTask()));
        }

        return Report(options, healthy, crippled);
    }

    private static RaftNode Start(NodeId id, NodeId[] ids, DelayedStorage storage, InMemoryNetwork network)
    {
        var options = new RaftNodeOptions { Id = id, Configuration = new ClusterConfiguration(ids) };
        var node = new RaftNode(options, storage, network.CreateTransport(id), new NoReplyMachine());
        node.Start();
        return node;
    }

    private static async Task<RaftNode> LeaderAsync(RaftNode[] nodes)
    {
        RaftNode? leader = null;
        await UntilAsync(() => (leader = Array.Find(nodes, node => node.Status.Role == Role.Leader)) is not null, "no leader was elected");
        return leader!;
    }

    /// <summary>The commits in flight to a member that was away must not burden the next measurement.</summary>
    private static Task CaughtUpAsync(RaftNode leader)
        => UntilAsync(() => leader.Status is var status && status.Peers.All(peer => peer.Match == status.LastIndex), "the members do not catch up");

    private static async Task UntilAsync(Func<bool> condition, string complaint)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new InvalidOperationException($"The measurement failed: {complaint}.");
            }

            await Task.Delay(10);
        }
    }

    private static async Task MeasureAsync(RaftNode leader, int commits, List<double> milliseconds)
    {
        byte[] command = new byte[16];
        for (int i = 0; i < commits; i++)
        {
            long began = Stopwatch.GetTimestamp();
            await leader.ProposeAsync(command);
            milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    private static int Report((int Rounds, int Commits) options, List<double> healthy, List<double> crippled)
    {
        double ratio = At(crippled, 0.5) / At(healthy, 0.5);
        Console.WriteLine($"5 nodes, {options.Rounds} rounds of {options.Commits} commits, sync of 1 ms simulated");
        Print("all alive", healthy);
        Print("two cut off", crippled);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio of the medians {ratio:F2}, goal at most {Goal:F1}"));
        return ratio <= Goal ? 0 : 1;
    }

    private static void Print(string what, List<double> values)
        => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-12} p50 {At(values, 0.5):F2} ms, p99 {At(values, 0.99):F2} ms"));

    private static double At(List<double> values, double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));

    private static (int Rounds, int Commits)? Read(string[] args)
    {
        (int rounds, int commits) = (10, 500);
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                return null;
            }

            switch (args[i])
            {
                case "--rounds" when value is >= 1 and <= 1000:
                    rounds = value;
                    break;
                case "--commits" when value is >= 10 and <= 100_000:
                    commits = value;
                    break;
                default:
                    return null;
            }
        }

        return (rounds, commits);
    }
}
