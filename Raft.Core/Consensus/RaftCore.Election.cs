using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Quorums;

namespace Raft.Core.Consensus;

// Elections: Raft paper, section 5.2 and 5.4.1; pre-vote: thesis, section 9.6.
public sealed partial class RaftCore
{
    private readonly SortedDictionary<NodeId, bool> _votes = [];
    private ulong _ownVoteWrite;

    /// <summary>
    /// Starts an election now, or a pre-election where pre-vote is on. Nothing happens on a leader, on a node that may not lead, and on a candidate
    /// that waits for its disk before it asks anyone.
    /// </summary>
    public void Campaign()
    {
        bool waitsForOwnVote = Role == Role.Candidate && !_votes.ContainsKey(Id);
        if (Role == Role.Leader || waitsForOwnVote || !MayCampaign)
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

    private void BecomePreCandidate()
    {
        LeaveRole();
        Role = Role.PreCandidate;
        Leader = NodeId.None;
        _timer.Redraw();
        _votes[Id] = true;
        if (!EvaluateVotes())
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
            Reject = !granted,
            LogIndex = granted ? 0 : RemovalKnownOf(request.From),
        });

    private void CountVote(in Message message)
    {
        bool isPreVote = message.Type == MessageType.PreVoteResponse;
        bool isCurrent = isPreVote
            ? Role == Role.PreCandidate && (message.Reject || message.Term == Term + 1)
            : Role == Role.Candidate;
        if (isCurrent && _votes.TryAdd(message.From, !message.Reject))
        {
            EvaluateVotes();
        }
    }

    /// <summary>Draws the consequence of the votes so far. Returns false while they decide nothing.</summary>
    private bool EvaluateVotes()
    {
        switch (JointQuorum.Tally(Configuration, static (votes, id) => votes.TryGetValue(id, out bool granted) ? granted : null, _votes))
        {
            case VoteResult.Won when Role == Role.PreCandidate:
                BecomeCandidate();
                return true;
            case VoteResult.Won:
                BecomeLeader();
                return true;
            case VoteResult.Lost:
                BecomeFollower(Term, NodeId.None);
                return true;
            default:
                return false;
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
