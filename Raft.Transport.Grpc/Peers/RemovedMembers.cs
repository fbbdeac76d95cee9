using Raft.Core.Membership;

namespace Raft.Transport.Grpc.Peers;

/// <summary>
/// Who was removed from the cluster for good: a member of a configuration before, and not of a committed one. What this process has not seen it does not
/// know: a node that it has never heard of may be a new member. Safe to use from any thread.
/// </summary>
internal sealed class RemovedMembers(TimeProvider time)
{
    /// <summary>In which a removed node may still acknowledge its removal, vote on what was open, and hand its leadership over.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<NodeId> _seen = [];
    private volatile Dictionary<NodeId, long> _removedAt = [];

    /// <summary>A configuration is in force, and may yet be taken back.</summary>
    public void See(ClusterConfiguration configuration)
    {
        lock (_gate)
        {
            _seen.UnionWith(configuration.Members);
            if (_removedAt.Keys.Any(configuration.Contains))
            {
                _removedAt = _removedAt.Where(r => !configuration.Contains(r.Key)).ToDictionary();
            }
        }
    }

    /// <summary>The configuration in force is committed.</summary>
    public void Settle(ClusterConfiguration configuration)
    {
        lock (_gate)
        {
            NodeId[] leaving = [.. _seen.Where(node => !configuration.Contains(node))];
            var removedAt = new Dictionary<NodeId, long>(_removedAt);
            foreach (NodeId node in leaving)
            {
                removedAt.TryAdd(node, time.GetTimestamp());
            }

            _seen.ExceptWith(leaving);
            _removedAt = removedAt;
        }
    }

    /// <summary>True for a node that was removed, and has had the time to hear of it.</summary>
    public bool Contains(NodeId node) => _removedAt.TryGetValue(node, out long at) && time.GetElapsedTime(at) >= Grace;
}
