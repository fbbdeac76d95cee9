using System.Diagnostics;
using Raft.Jepsen.Running.Clients;

namespace Raft.Jepsen.Running;

/// <summary>Waits until all nodes of a cluster that is healed and quiet say the same.</summary>
internal static class Convergence
{
    private const int PollMs = 50;

    // Agreeing once may be chance: a node may have been asked before a command and another one after it.
    private const int Confirmations = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Waits for one leader, and for all nodes at its last index with the same state.</summary>
    /// <exception cref="HarnessException">They do not come that far in time.</exception>
    /// <exception cref="DivergenceException">They have applied the same log, and their states differ.</exception>
    public static async Task<ConvergedState> AwaitAsync(Cluster cluster, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        int agreed = 0, differed = 0;
        while (true)
        {
            IReadOnlyList<NodeReport> reports = await cluster.ReportsAsync(stop).ConfigureAwait(false);
            bool settled = IsSettled(cluster, reports);
            bool same = settled && reports.All(report => report.Hash == reports[0].Hash);
            agreed = same ? agreed + 1 : 0;
            differed = settled && !same ? differed + 1 : 0;
            if (agreed == Confirmations)
            {
                NodeReport leader = reports.Single(report => report.IsLeader);
                return new ConvergedState(leader.Node, leader.Term, leader.Applied, leader.Hash, reports.Min(report => report.Snapshot));
            }

            if (differed == Confirmations)
            {
                throw new DivergenceException($"All nodes have applied the log up to {reports[0].Applied}, and their states differ: {Describe(reports)}");
            }

            if (Stopwatch.GetElapsedTime(began) > Limit)
            {
                throw new HarnessException($"The nodes did not agree within {Limit.TotalSeconds} s after all faults had ended: {Describe(reports)}");
            }

            await Task.Delay(PollMs, stop).ConfigureAwait(false);
        }
    }

    private static bool IsSettled(Cluster cluster, IReadOnlyList<NodeReport> reports)
    {
        NodeReport? leader = reports.FirstOrDefault(report => report.IsLeader);
        return leader is not null && reports.Count == cluster.Nodes.Count
            && reports.All(report => report.Leader == leader.Node && report.Term == leader.Term)
            && reports.All(report => report.Applied == leader.Last && report.Commit == leader.Last && report.Last == leader.Last);
    }

    private static string Describe(IReadOnlyList<NodeReport> reports)
        => reports.Count == 0
            ? "no node answers."
            : string.Join("; ", reports.Select(Describe)) + ".";

    private static string Describe(NodeReport report)
        => $"node {report.Node} is {report.Role} in term {report.Term} of leader {report.Leader}, last {report.Last}, committed {report.Commit}, "
            + $"applied {report.Applied}, state {report.Hash}";
}
