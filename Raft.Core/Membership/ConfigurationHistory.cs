using Raft.Core.Log;
using Raft.Core.Storage;

namespace Raft.Core.Membership;

/// <summary>
/// The configurations of a log, by the index of their entry: the newest one that is known to be committed, and those behind it. The last of them is in force,
/// committed or not; when it is truncated, the one before it is in force again.
/// </summary>
internal sealed class ConfigurationHistory
{
    private readonly List<Point> _points = [];

    /// <param name="initial">In force where neither the log nor a snapshot names a configuration.</param>
    /// <param name="recovered">What the storage held.</param>
    /// <param name="commit">Highest index known to be committed.</param>
    /// <exception cref="StorageCorruptedException">An entry is no configuration.</exception>
    public ConfigurationHistory(ClusterConfiguration initial, RecoveredState recovered, ulong commit)
    {
        _points.Add(recovered.Snapshot is { } snapshot ? new Point(snapshot.ConfigurationIndex, snapshot.Configuration) : new Point(0, initial));
        foreach (Entry entry in recovered.Configurations)
        {
            if (entry.Index > CurrentIndex)
            {
                Append(entry.Index, DecodeStored(entry));
            }
        }

        CommitTo(commit);
    }

    /// <summary>The configuration in force.</summary>
    public ClusterConfiguration Current => _points[^1].Configuration;

    /// <summary>Index of its entry; 0 when it came from no entry.</summary>
    public ulong CurrentIndex => _points[^1].Index;

    /// <summary>The newest configuration known to be committed.</summary>
    public ClusterConfiguration Committed => _points[0].Configuration;

    public ulong CommittedIndex => _points[0].Index;

    /// <summary>True when the configuration in force is known to be committed.</summary>
    public bool IsCommitted => _points.Count == 1;

    /// <summary>
    /// True when the node votes, and stores what it votes for, in the configuration in force or in one that may still be the newest committed one.
    /// </summary>
    public bool MayStillBeFullVoter(NodeId id)
    {
        foreach (Point point in _points)
        {
            if (point.Configuration.IsFullVoter(id))
            {
                return true;
            }
        }

        return false;
    }

    public void Append(ulong index, ClusterConfiguration configuration)
    {
        RaftInvariantException.Require(index > CurrentIndex, "configurations ascend along the log");
        _points.Add(new Point(index, configuration));
    }

    /// <summary>The entry at <paramref name="index"/> and all behind it are gone.</summary>
    public void TruncateFrom(ulong index)
    {
        while (CurrentIndex >= index)
        {
            RaftInvariantException.Require(!IsCommitted, "a committed configuration is never truncated");
            _points.RemoveAt(_points.Count - 1);
        }
    }

    /// <summary>Everything up to <paramref name="index"/> is committed: what was in force before can't come back.</summary>
    public void CommitTo(ulong index)
    {
        int superseded = 0;
        while (superseded + 1 < _points.Count && _points[superseded + 1].Index <= index)
        {
            superseded++;
        }

        _points.RemoveRange(0, superseded);
    }

    /// <summary>The log was given up for a snapshot with this configuration.</summary>
    public void Reset(ClusterConfiguration configuration, ulong index)
    {
        _points.Clear();
        _points.Add(new Point(index, configuration));
    }

    private static ClusterConfiguration DecodeStored(in Entry entry)
    {
        try
        {
            return ConfigurationCodec.Decode(entry.Payload.Span);
        }
        catch (FormatException error)
        {
            throw new StorageCorruptedException($"Entry {entry.Id} of the log is no configuration. Replace this node by one with a new id.", error);
        }
    }

    private readonly record struct Point(ulong Index, ClusterConfiguration Configuration);
}
