using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Quorums;

namespace Raft.Core.Consensus;

// Elections: Raft paper, section 5.2 and 5.4.1; pre-vote: thesis, section 9.6.
public sealed partial class RaftCore
{
    private readonly SortedDictionary<NodeId, bool> _votes = [];
    private ulong _ownVoteWrite;
    private int _targetPriority = MaxPriority;
    private bool _retriedSoon;

    private const int MaxPriority = 100;
    private const int PriorityStep = 20;

    /// <summary>
    /// Starts an election now, or a pre-election where pre-vote is on. Nothing happens on a leader, on a node that may not lead, on a candidate that
    /// waits for its disk before it asks anyone, and on a node that owes a leader its lease (<see cref="RaftOptions.LeaseReads"/>).
    /// </summary>
    public void Campaign()
    {
        bool waitsForOwnVote = Role == Role.Candidate && !_votes.ContainsKey(Id);
        if (Role == Role.Leader || waitsForOwnVote || HasPromised || !MayCampaign)
        {
            return;
        }

        if (_options.PreVote)
        {
            BecomePreCandidate();
        }
        else
        {
            BecomeCandidate();
        }
    }

    /// <summary>
    /// Takes the leader for gone, so that this node may vote for another at once, where an operator or a failure detector knows more than the election timer.
    /// The leader is followed again with its next message. Pending reads fail.
    /// </summary>
    /// <returns>False when there was nothing to forget, and with <see cref="RaftOptions.LeaseReads"/>: the leader counts on this node then.</returns>
    public bool ForgetLeader()
    {
        if (Role != Role.Follower || Leader.IsNone || _options.LeaseReads)
        {
            return false;
        }

        ChangeLeader(NodeId.None);
        return true;
    }

    /// <summary>
    /// The election timeout of a node that does not lead. One of lower priority waits on for those above it, a little for each step; one that may not
    /// campaign just knows the leader for gone, so that reads do not wait for it.
    /// </summary>
    private void TickFollower()
    {
        TickReads();
        if (!_timer.HasExpired)
        {
            return;
        }

        if (MayCampaign && _options.Priority >= _targetPriority)
        {
            Campaign();
        }
        else if (MayCampaign && _options.Priority > 0)
        {
            _targetPriority -= PriorityStep;
            _timer.Extend();
        }
        else if (Role != Role.Follower)
        {
            BecomeFollower(Term, NodeId.None);
        }
        else
        {
            ChangeLeader(NodeId.None);
        }
    }

    /// <summary>A leader lives: the lease that it may count on begins, and a lower priority is the lower again.</summary>
    private void NoteContact()
    {
        _heardAt = _now ?? 0;
        _retriedSoon = false;
        if (_targetPriority < MaxPriority)
        {
            _targetPriority = MaxPriority;
            _timer.Redraw();
        }
    }

    private void BecomePreCandidate()
    {
        LeaveRole();
        Role = Role.PreCandidate;
        Leader = NodeId.None;
        _timer.Redraw();
        _votes[Id] = true;
        EvaluateVotes();
        if (Role == Role.PreCandidate)
        {
            AskForVotes(MessageType.PreVoteRequest, Term + 1);
        }
    }

    private void BecomeCandidate(bool byTransfer = false)
    {
        LeaveRole();
        EnterTerm(Term + 1);
        Role = Role.Candidate;
        Leader = NodeId.None;
        VotedFor = Id;
        _ownVoteWrite = _lastSequence + 1;
        _timer.Redraw();
        _trace?.OnEvent(this, RaftTraceEvent.BecomeCandidate);
        _trace?.OnSend(this, OwnVote);
        AskForVotes(MessageType.VoteRequest, Term, byTransfer);
    }

    /// <summary>
    /// A candidate's own vote counts once it is durable, as everyone else's does. A voter that needs no other vote would otherwise lead, and send entries
    /// to learners, in a term that a crash makes it forget and lead a second time with other entries.
    /// </summary>
    private void CountOwnVote()
    {
        if (Role == Role.Candidate && _persistedSequence >= _ownVoteWrite && _votes.TryAdd(Id, true))
        {
            _trace?.OnReceive(this, OwnVote);
            EvaluateVotes();
        }
    }

    private void AskForVotes(MessageType type, ulong term, bool byTransfer = false)
    {
        foreach (NodeId voter in Configuration.MemberSpan)
        {
            if (voter != Id && Configuration.IsVoter(voter))
            {
                SendPromise(new Message
                {
                    Type = type,
                    From = Id,
                    To = voter,
                    Term = term,
                    LogIndex = _log.LastId.Index,
                    LogTerm = _log.LastId.Term,
                    LeadershipTransfer = byTransfer,
                });
            }
        }
    }

    /// <summary>
    /// Grants at most one vote a term, and only to a log at least as up to date as the own one (Raft paper, section 5.4.1). Only a granted real vote
    /// restarts the election timer. A pre-vote is granted without remembering it: it promises nothing.
    /// </summary>
    private void AnswerVoteRequest(in Message message)
    {
        if (HasPromised && !message.LeadershipTransfer)
        {
            TellIfRemoved(message);
            return;
        }

        bool isPreVote = message.Type == MessageType.PreVoteRequest;
        bool isFree = VotedFor == message.From
            || (VotedFor.IsNone && Leader.IsNone)
            || (isPreVote && message.Term > Term);
        bool granted = isFree && new LogId(message.LogTerm, message.LogIndex) >= _log.LastId;
        if (granted && !isPreVote)
        {
            VotedFor = message.From;
            _timer.Restart();
        }

        AnswerVote(message, granted);
    }

    private void AnswerVote(in Message request, bool granted)
        => SendPromise(new Message
        {
            Type = request.Type == MessageType.PreVoteRequest ? MessageType.PreVoteResponse : MessageType.VoteResponse,
            From = Id,
            To = request.From,
            Term = granted ? request.Term : Term,
            LogTerm = granted ? 0 : request.Term,
            Reject = !granted,
            LogIndex = granted ? 0 : RemovalKnownOf(request.From),
        });

    /// <summary>A refusal of an earlier campaign may come with the term of this one: its sender just told its term. It says nothing about this campaign.</summary>
    private void CountVote(in Message message)
    {
        bool isPreVote = message.Type == MessageType.PreVoteResponse;
        ulong campaign = isPreVote ? Term + 1 : Term;
        ulong answered = message.Reject ? message.LogTerm : message.Term;
        bool isCurrent = answered == campaign && Role == (isPreVote ? Role.PreCandidate : Role.Candidate);
        if (isCurrent && _rules.IsElector(Configuration, message.From) && _votes.TryAdd(message.From, !message.Reject))
        {
            EvaluateVotes();
        }
    }

    /// <summary>Draws the consequence of the votes so far, if they decide anything.</summary>
    private void EvaluateVotes()
    {
        switch (_rules.Tally(Configuration, _votes))
        {
            case VoteResult.Won when Role == Role.PreCandidate:
                BecomeCandidate();
                break;
            case VoteResult.Won:
                BecomeLeader();
                break;
            case VoteResult.Lost:
                BecomeFollower(Term, NodeId.None);
                RetrySoonOnce();
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Members that waited for the same dead first choice may split the votes. Once they come again in the order of their priorities, and not after a whole
    /// election timeout; if that fails too, because priorities are equal, chance decides as ever.
    /// </summary>
    private void RetrySoonOnce()
    {
        if (_options.Priority < MaxPriority && !_retriedSoon)
        {
            _retriedSoon = true;
            int slot = Math.Max(1, _options.ElectionTicks / 10);
            _timer.WaitFor(1 + ((MaxPriority - _options.Priority) / PriorityStep * slot));
        }
    }

    private void BecomeLeader()
    {
        LeaveRole();
        Role = Role.Leader;
        Leader = Id;
        _timer.Redraw();
        _heartbeatElapsed = 0;
        _uncommittedBytes = 0;
        StartMembers();
        _trace?.OnEvent(this, RaftTraceEvent.BecomeLeader);
        AppendNoOp();
    }
}
