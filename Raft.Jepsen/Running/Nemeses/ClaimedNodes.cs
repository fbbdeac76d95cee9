using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Nodes that one nemesis alone stops and starts, until it gives them back.</summary>
internal sealed class ClaimedNodes : IDisposable
{
    private readonly Cluster _cluster;
    private readonly ulong[] _claimed;

    /// <summary>Claims those of the nodes that nobody else has.</summary>
    public ClaimedNodes(Cluster cluster, IEnumerable<ulong> nodes)
    {
        _cluster = cluster;
        _claimed = [.. nodes.Where(cluster.TryClaim)];
        Nodes = [.. _claimed.Select(cluster.Find).OfType<NodeProcess>()];
    }

    public IReadOnlyList<NodeProcess> Nodes { get; }

    public ulong[] Ids => [.. Nodes.Select(node => node.Id)];

    public void Dispose()
    {
        foreach (ulong node in _claimed)
        {
            _cluster.Release(node);
        }
    }
}
