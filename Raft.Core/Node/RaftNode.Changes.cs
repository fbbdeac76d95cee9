using Microsoft.Extensions.Logging;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node.Events;

namespace Raft.Core.Node;

// What a turn of the loop changed, and who is told of it.
public sealed partial class RaftNode
{
    private readonly EventHub _events;
    private readonly HashSet<NodeId> _unreachable = [];
    private volatile CancellationTokenSource? _leadership;
    private CoreView _seen;

    /// <inheritdoc/>
    public CancellationToken LeadershipToken => _leadership?.Token ?? new CancellationToken(canceled: true);

    /// <inheritdoc/>
    public IAsyncEnumerable<RaftEvent> WatchAsync(CancellationToken cancellationToken = default) => _events.WatchAsync(cancellationToken);

    private CoreView Look() => new(_core.Term, _core.Role, _core.Leader, _core.TransferTarget, _core.Configuration, _core.IsConfigurationCommitted);

    private void NoticeChange()
    {
        CoreView before = _seen;
        CoreView now = Look();
        if (now == before)
        {
            return;
        }

        _seen = now;

        if (!ReferenceEquals(now.Configuration, before.Configuration))
        {
            _unreachable.RemoveWhere(peer => !now.Configuration.Contains(peer));
            _transport.UpdateMembers(now.Configuration);
            PublishView();
            Tell(new ConfigurationChanged(now.Configuration));
        }

        SettleMembers(before, now);

        if (now.Leads != before.Leads || now.Leader != before.Leader)
        {
            LogRole(now.Role, now.Term, now.Leader);
        }

        if (now.Term != before.Term || now.Role != before.Role)
        {
            ChangeRole(before, now);
        }

        PublishView();
        TellChange(before, now);
    }

    private void SettleMembers(in CoreView before, in CoreView now)
    {
        if (now.IsSettled && !(before.IsSettled && ReferenceEquals(now.Configuration, before.Configuration)))
        {
            _transport.SettleMembers(now.Configuration);
        }
    }

    private void ChangeRole(in CoreView before, in CoreView now)
    {
        EndLeadership();
        _leadership = now.Leads ? new CancellationTokenSource() : null;
        _leaderSince = now.Leads ? _time.GetTimestamp() : null;
        _contacts.Clear();

        // Leadership may have been won and lost again in between, so what waits is judged by its term and not by the role that is seen before.
        _proposals.Abandon(
            after: _core.CommitIndex,
            upTo: ulong.MaxValue,
            leadingTerm: now.Leads ? now.Term : 0,
            "The node lost leadership before the command was committed; it may or may not be carried out.");
        if (now.Term != before.Term && _core.VotedFor == Id)
        {
            _metrics.OnElectionStarted();
        }

        if (now.Leads)
        {
            _metrics.OnElectionWon();
        }
    }

    private void TellChange(in CoreView before, in CoreView now)
    {
        bool sameTerm = now.Term == before.Term;
        if (before.Leads && !(now.Leads && sameTerm))
        {
            Tell(new SteppedDown(before.Term, ReasonToStepDown(before, now)));
        }

        if (!sameTerm)
        {
            Tell(new TermChanged(now.Term));
        }

        if (now.Role != before.Role || (now.Leads && !sameTerm))
        {
            Tell(new RoleChanged(before.Role, now.Role, now.Term));
        }

        if (now.Leader != before.Leader || (now.Leads && !sameTerm))
        {
            _metrics.OnLeaderChanged(known: !now.Leader.IsNone);
            Tell(new LeaderChanged(now.Leader, now.Term));
        }
    }

    private StepDownReason ReasonToStepDown(in CoreView before, in CoreView now)
    {
        if (!before.TransferTarget.IsNone && now.Term > before.Term)
        {
            return StepDownReason.Transferred;
        }

        if (now.Term > before.Term)
        {
            return StepDownReason.HigherTerm;
        }

        if (_core.IsWithdrawn)
        {
            return StepDownReason.StorageStalled;
        }

        return now.Configuration.IsVoter(Id) ? StepDownReason.QuorumLost : StepDownReason.Removed;
    }

    /// <summary>The token is cancelled here and now; what was registered on it runs elsewhere, so that it can't hold up the node.</summary>
    private void EndLeadership()
    {
        _ = _leadership?.CancelAsync();
        _leadership = null;
    }

    /// <summary>Nobody hears of the node any more.</summary>
    private void EndObservation()
    {
        EndLeadership();
        _events.Complete(new NodeStopped(_failure));
        _metrics.Dispose();
    }

    private void NoticeUnreachable(NodeId peer)
    {
        if (_core.Configuration.Contains(peer) && _unreachable.Add(peer))
        {
            Tell(new PeerUnreachable(peer));
        }
    }

    private void NoticeReachable(NodeId peer)
    {
        if (_unreachable.Count > 0 && _unreachable.Remove(peer))
        {
            Tell(new PeerReachable(peer));
        }
    }

    private void Tell(RaftEvent what) => _events.Publish(what);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Role} in term {Term}, leader {Leader}")]
    private partial void LogRole(Role role, ulong term, NodeId leader);

    /// <summary>What of the core is compared from turn to turn.</summary>
    private readonly record struct CoreView(
        ulong Term, Role Role, NodeId Leader, NodeId TransferTarget, ClusterConfiguration Configuration, bool IsSettled)
    {
        public bool Leads => Role == Role.Leader;
    }
}
