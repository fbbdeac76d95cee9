using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Consensus;

// What happens on the arrival of a message.
public sealed partial class RaftCore
{
    /// <summary>Terms above this are taken for damage: one such message would use up all terms there are.</summary>
    public const ulong MaxTerm = ulong.MaxValue >> 1;

    /// <summary>Messages ignored because they came from a second leader of a term: a sign of a peer that lies or has lost what it stored.</summary>
    public long SecondLeaderMessages { get; private set; }

    /// <summary>
    /// Takes a message of another member. A message that is malformed, out of date or not for this node changes nothing.
    /// </summary>
    public void Step(in Message message)
    {
        if (!IsWellFormed(message))
        {
            return;
        }

        _trace?.OnReceive(this, message);
        if (message.Type == MessageType.ForwardedProposal)
        {
            AppendForwarded(message.Entries.Span);
            return;
        }

        HearOfRemoval(message);
        if (message.Term > Term && !FollowHigherTerm(message))
        {
            return;
        }

        if (message.Term < Term)
        {
            TeachTerm(message);
            return;
        }

        switch (message.Type)
        {
            case MessageType.PreVoteRequest:
            case MessageType.VoteRequest:
                AnswerVoteRequest(message);
                break;
            case MessageType.PreVoteResponse:
            case MessageType.VoteResponse:
                CountVote(message);
                break;
            case MessageType.AppendRequest when HearFromLeader(message.From):
                AnswerAppend(message);
                break;
            case MessageType.HeartbeatRequest when HearFromLeader(message.From):
                AnswerHeartbeat(message);
                break;
            case MessageType.SnapshotChunk when HearFromLeader(message.From):
                TakeChunk(message);
                break;
            case MessageType.TimeoutNowRequest:
                AnswerTimeoutNow(message);
                break;
            case MessageType.AppendResponse:
                HandleAppendResponse(message);
                break;
            case MessageType.HeartbeatResponse:
                HandleHeartbeatResponse(message);
                break;
            case MessageType.SnapshotResponse:
                HandleSnapshotResponse(message);
                break;
            case MessageType.ReadIndexRequest:
                AnswerReadIndexRequest(message);
                break;
            case MessageType.ReadIndexResponse:
                HandleReadIndexResponse(message);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// A message of a higher term makes this node a follower of that term, with the exceptions of the pre-vote, which raises nobody's term, and of leader
    /// stickiness. Returns false when the message must be ignored. A pre-vote request or grant is handed on in spite of its term.
    /// </summary>
    private bool FollowHigherTerm(in Message message)
    {
        switch (message.Type)
        {
            case MessageType.PreVoteRequest:
                if (IsLeaderSticky)
                {
                    TellIfRemoved(message);
                }
                else
                {
                    AnswerVoteRequest(message);
                }

                return false;
            case MessageType.PreVoteResponse when !message.Reject:
                CountVote(message);
                return false;
            case MessageType.VoteRequest when IsLeaderSticky && !message.LeadershipTransfer:
                TellIfRemoved(message);
                return false;
            case MessageType.AppendRequest or MessageType.HeartbeatRequest or MessageType.SnapshotChunk or MessageType.TimeoutNowRequest:
                BecomeFollower(message.Term, message.From);
                return true;
            default:
                BecomeFollower(message.Term, NodeId.None);
                return true;
        }
    }

    /// <summary>While a node hears from a leader it takes no part in elections (thesis, section 4.2.3), so that a node that was cut off can't disturb.</summary>
    private bool IsLeaderSticky => HasPromised || (_options.CheckQuorum && !Leader.IsNone && _timer.IsWithinLease);

    /// <summary>
    /// Answers a message of a lower term with the own one. A leader cut off for a while steps down on it, and a candidate that is refused learns
    /// which term it must beat; without that, pre-vote and check-quorum can keep a cluster without a leader.
    /// </summary>
    private void TeachTerm(in Message message)
    {
        MessageType? answer = message.Type switch
        {
            MessageType.AppendRequest => MessageType.AppendResponse,
            MessageType.HeartbeatRequest => MessageType.HeartbeatResponse,
            MessageType.VoteRequest => MessageType.VoteResponse,
            MessageType.PreVoteRequest => MessageType.PreVoteResponse,
            MessageType.SnapshotChunk => MessageType.SnapshotResponse,
            MessageType.ReadIndexRequest => MessageType.ReadIndexResponse,
            _ => null,
        };
        if (answer is { } type)
        {
            bool isVote = type is MessageType.VoteResponse or MessageType.PreVoteResponse;
            SendPromise(new Message
            {
                Type = type,
                From = Id,
                To = message.From,
                Term = Term,
                Reject = true,
                LogTerm = isVote ? message.Term : 0,
                LogIndex = isVote ? RemovalKnownOf(message.From) : 0,
            });
        }
    }

    /// <summary>
    /// Follows the leader of this term. Returns false for a second one, whose message is ignored: a peer that lies, or that forgot what it stored, shall not be
    /// able to stop this node.
    /// </summary>
    private bool HearFromLeader(NodeId leader)
    {
        if (Role == Role.Leader || (!Leader.IsNone && Leader != leader))
        {
            SecondLeaderMessages++;
            return false;
        }

        if (Role != Role.Follower)
        {
            BecomeFollower(Term, leader);
        }

        Leader = leader;
        _toldRemoved = false;
        _timer.Restart();
        NoteContact();
        return true;
    }

    private bool IsWellFormed(in Message message)
    {
        bool isKnown = message.Type is > MessageType.None and <= MessageType.ReadIndexResponse;
        bool addressed = message.To == Id && message.From != Id && !message.From.IsNone;
        bool hasTerm = message.Type == MessageType.ForwardedProposal ? message.Term == 0 : message.Term is > 0 and <= MaxTerm;
        return isKnown && addressed && hasTerm && message.LogIndex <= MaxIndex && HasPlausibleEntries(message)
            && (message.Type != MessageType.SnapshotChunk || IsPlausible(message.Chunk, message.Term));
    }

    private static bool HasPlausibleEntries(in Message message)
    {
        if (message.Type == MessageType.ForwardedProposal || message.Entries.IsEmpty)
        {
            return true;
        }

        var previous = new LogId(message.LogTerm, message.LogIndex);
        foreach (ref readonly Entry entry in message.Entries.Span)
        {
            if (entry.Index != previous.Index + 1 || entry.Index > MaxIndex || entry.Term < previous.Term || entry.Term > message.Term || entry.Term == 0)
            {
                return false;
            }

            if (entry.Type == EntryType.Configuration && !ConfigurationCodec.IsValid(entry.Payload.Span))
            {
                return false;
            }

            previous = entry.Id;
        }

        return true;
    }

    private const ulong MaxIndex = ulong.MaxValue >> 1;
}
