using System.Collections.Concurrent;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Reports;
using Raft.Jepsen.Running.Clients;
using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Running;

/// <summary>Asks all nodes again and again whether they lead. A node that does not answer keeps nobody waiting but those who ask it.</summary>
internal sealed class LeaderWatch(Cluster cluster, HistoryRecorder recorder)
{
    private const int PollMs = 100;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<LeaderSighting> _sightings = new();
    private readonly ConcurrentDictionary<ulong, Task> _asking = new();

    /// <summary>What the nodes said, by time.</summary>
    public IReadOnlyList<LeaderSighting> Sightings => [.. _sightings.OrderBy(sighting => sighting.TimeNs)];

    /// <summary>Asks until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (NodeProcess node in cluster.Nodes)
            {
                if (!_asking.TryGetValue(node.Id, out Task? asking) || asking.IsCompleted)
                {
                    _asking[node.Id] = AskAsync(node.Id);
                }
            }

            await Task.Delay(PollMs, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_asking.Values).ConfigureAwait(false);
    }

    private async Task AskAsync(ulong node)
    {
        NodeReport? report = await cluster.Api.ReportAsync(node, cluster.ApiOf(node), AnswerLimit, CancellationToken.None).ConfigureAwait(false);
        if (report is { IsLeader: true })
        {
            _sightings.Enqueue(new LeaderSighting(recorder.ElapsedNs, node, report.Term));
        }
    }
}
