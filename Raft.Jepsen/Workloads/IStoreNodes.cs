using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Workloads;

/// <summary>The nodes of a cluster as clients reach them: processes over HTTP, or simulated ones. As safe for several threads as its clients need it.</summary>
internal interface IStoreNodes
{
    /// <summary>Ids of the nodes that belong to the cluster, or shall.</summary>
    ulong[] Ids { get; }

    /// <summary>Sends something to a node, once.</summary>
    /// <param name="node">The node.</param>
    /// <param name="path">What for; see <see cref="StoreEndpoints"/>.</param>
    /// <param name="body">The request.</param>
    /// <param name="limit">Time for the answer; without one until then the outcome is unknown.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Answer> PostAsync(ulong node, string path, byte[] body, TimeSpan limit, CancellationToken cancellationToken = default);
}
