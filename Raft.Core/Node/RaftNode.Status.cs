using Raft.Core.Membership;

namespace Raft.Core.Node;

// What others may see of the node, published by its loop.
public sealed partial class RaftNode
{
    private readonly Dictionary<NodeId, long> _contacts = [];
    private long? _leaderSince;
    private volatile RaftStatus _view;

    /// <inheritdoc/>
    public RaftStatus Status => _view with { AppliedIndex = _apply.Applied, Failure = _failure };

    private void OnContact(NodeId peer) => _contacts[peer] = _time.GetTimestamp();

    private void Publish(bool refreshPeers)
    {
        RaftStatus view = _view;
        bool same = view.Role == _core.Role && view.Term == _core.Term && view.Leader == _core.Leader
            && view.CommitIndex == _core.CommitIndex && view.LastIndex == _core.LastLogId.Index;
        if (!same || refreshPeers)
        {
            _view = CreateView();
        }
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
            LastIndex = _core.LastLogId.Index,
            CommitIndex = _core.CommitIndex,
            AppliedIndex = _apply.Applied,
            Configuration = _core.Configuration,
            Peers = peers,
        };
    }

    private TimeSpan? SinceContact(NodeId peer) => _contacts.TryGetValue(peer, out long at) ? _time.GetElapsedTime(at) : null;
}
