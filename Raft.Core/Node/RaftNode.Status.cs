using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Node;

// What others may see of the node, published by its loop. The indices change with every turn and are published apart, without an allocation.
public sealed partial class RaftNode
{
    private readonly Dictionary<NodeId, long> _contacts = [];
    private long? _leaderSince;
    private long _leaderContact;
    private bool _heardOfLeader;
    private ulong _lastIndex;
    private ulong _commitIndex;
    private volatile RaftStatus _view;

    /// <inheritdoc/>
    public RaftStatus Status
    {
        get
        {
            // In this order, and published in the opposite one, so that applied <= committed <= last holds in what is seen.
            ulong applied = _apply.Applied;
            ulong committed = Volatile.Read(ref _commitIndex);
            RaftStatus view = _view;
            return view with
            {
                SinceLeaderContact = Volatile.Read(ref _heardOfLeader) ? _time.GetElapsedTime(Volatile.Read(ref _leaderContact)) : null,
                LastIndex = Volatile.Read(ref _lastIndex),
                CommitIndex = committed,
                AppliedIndex = applied,
                Failure = _failure,
                IsStopped = _completion.Task.IsCompleted,
            };
        }
    }

    private void OnContact(NodeId peer)
    {
        if (!_core.Configuration.Contains(peer))
        {
            return;
        }

        long now = _time.GetTimestamp();
        _contacts[peer] = now;
        NoticeReachable(peer);
        if (peer == _core.Leader)
        {
            OnLeaderContact(now);
        }
    }

    private void OnLeaderContact(long now)
    {
        Volatile.Write(ref _leaderContact, now);
        Volatile.Write(ref _heardOfLeader, true);
    }

    private void Publish(bool refreshPeers)
    {
        Volatile.Write(ref _lastIndex, _core.LastLogId.Index);
        Volatile.Write(ref _commitIndex, _core.CommitIndex);
        if (refreshPeers)
        {
            PublishView();
        }
    }

    private void PublishView()
    {
        if (_core.Role == Role.Leader)
        {
            OnLeaderContact(_time.GetTimestamp());
        }

        _view = CreateView();
    }

    private RaftStatus CreateView()
    {
        var peers = new List<PeerStatus>();
        _core.VisitProgress(
            (this, peers),
            static (state, id, match, next, progress) => state.peers.Add(new PeerStatus(id, match, next, progress, state.Item1.SinceContact(id))));
        return new RaftStatus
        {
            Id = Id,
            Role = _core.Role,
            Term = _core.Term,
            Leader = _core.Leader,
            LeadingFor = _leaderSince is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero,
            IsStorageStalled = IsStorageStalled,
            LastIndex = _core.LastLogId.Index,
            CommitIndex = _core.CommitIndex,
            AppliedIndex = _apply.Applied,
            Configuration = _core.Configuration,
            ConfigurationIndex = _core.ConfigurationIndex,
            BaseIndex = _core.LogBase.Index,
            SnapshotIndex = _core.Snapshot?.Id.Index ?? 0,
            Peers = peers,
        };
    }

    private TimeSpan? SinceContact(NodeId peer) => _contacts.TryGetValue(peer, out long at) ? _time.GetElapsedTime(at) : null;
}
