using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Replication;

namespace Raft.Core.Consensus;

// Handing leadership over: thesis, section 3.10. Read rounds need no gate: whoever confirms one has not voted for a successor. Lease reads do.
public sealed partial class RaftCore
{
    private int _transferElapsed;
    private bool _transferAsked;

    /// <summary>To whom this leader hands its leadership over; <see cref="NodeId.None"/> while it does not.</summary>
    public NodeId TransferTarget { get; private set; }

    /// <summary>
    /// Begins to hand leadership over: takes no more proposals, brings the target's log up to date and tells it to campaign at once. When
    /// that has not worked after an election timeout, this node goes on to lead. A second call for another target replaces the first.
    /// </summary>
    /// <param name="target">A voter that is neither a witness nor on its way out, or <see cref="NodeId.None"/> for the one whose log is the most up to date.</param>
    public TransferStatus TransferLeadership(NodeId target)
    {
        if (Role != Role.Leader)
        {
            return TransferStatus.NotLeader;
        }

        NodeId chosen = target.IsNone ? MostUpToDateVoter() : target;
        if (chosen == Id || !IsEligible(chosen))
        {
            return TransferStatus.NoTarget;
        }

        if (chosen != TransferTarget)
        {
            EndTransfer();
            TransferTarget = chosen;
        }

        return TransferStatus.Started;
    }

    private NodeId MostUpToDateVoter()
    {
        NodeId best = NodeId.None;
        ulong bestMatch = 0;
        foreach ((NodeId peer, Progress progress) in _progress)
        {
            if (IsEligible(peer) && (best.IsNone || progress.Match > bestMatch))
            {
                (best, bestMatch) = (peer, progress.Match);
            }
        }

        return best;
    }

    private void TickTransfer()
    {
        if (!TransferTarget.IsNone && ++_transferElapsed >= _options.ElectionTicks)
        {
            EndTransfer();
        }
    }

    private void EndTransfer()
    {
        TransferTarget = NodeId.None;
        _transferElapsed = 0;
        _transferAsked = false;
    }

    /// <summary>Asks the target once it is known to hold everything. It is asked once: a lost message ends the attempt, not the leadership.</summary>
    private void AskTransferTarget()
    {
        if (TransferTarget.IsNone || _transferAsked || !_progress.TryGetValue(TransferTarget, out Progress? progress) || progress.Match < _log.LastIndex)
        {
            return;
        }

        _transferAsked = true;
        SendTimeoutNow(TransferTarget, _log.LastIndex);
    }

    private void SendTimeoutNow(NodeId target, ulong lastIndex)
    {
        _leaseForfeited = true;
        Send(new Message
        {
            Type = MessageType.TimeoutNowRequest,
            From = Id,
            To = target,
            Term = Term,
            LogIndex = lastIndex,
            LogTerm = _log.TermAt(lastIndex) ?? 0,
        });
    }

    /// <summary>Campaigns without a pre-vote, unless the own log lacks what the leader says it has: such a campaign could not be won.</summary>
    private void AnswerTimeoutNow(in Message message)
    {
        bool isFromLeader = Leader.IsNone || Leader == message.From;
        if (Role == Role.Follower && isFromLeader && MayCampaign && _log.LastId >= new LogId(message.LogTerm, message.LogIndex))
        {
            BecomeCandidate(byTransfer: true);
        }
    }
}
