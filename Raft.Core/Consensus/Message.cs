using Raft.Core.Groups;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Consensus;

/// <summary>One message between two nodes of a cluster. Fields that a type does not use are zero.</summary>
public readonly record struct Message
{
    /// <summary>What kind of message this is.</summary>
    public required MessageType Type { get; init; }

    /// <summary>The sender.</summary>
    public required NodeId From { get; init; }

    /// <summary>The receiver.</summary>
    public required NodeId To { get; init; }

    /// <summary>
    /// The sender's term. A <see cref="MessageType.PreVoteRequest"/> carries the term that the sender would campaign in, and a granted
    /// <see cref="MessageType.PreVoteResponse"/> repeats it; a refusal carries the refuser's own term, so that the sender learns a higher one.
    /// A <see cref="MessageType.ForwardedProposal"/> has no term.
    /// </summary>
    public ulong Term { get; init; }

    /// <summary>
    /// Index of a log position. Append request: the entry before <see cref="Entries"/>. Vote requests: the candidate's last entry. TimeoutNow
    /// request: the leader's last entry. Append response: the last entry known to match, or the refused <c>prevLogIndex</c> when <see cref="Reject"/> is
    /// set. Refused vote: index of the committed configuration that the asker has no place in, or 0. Snapshot response: last entry of the snapshot. ReadIndex
    /// response: the read index.
    /// </summary>
    public ulong LogIndex { get; init; }

    /// <summary>
    /// Term of the entry at <see cref="LogIndex"/>; in a refused append response, of the entry at <see cref="RejectHint"/>. Refused vote: the term that the asker
    /// campaigned in, so that the refusal is not taken for one of a later campaign.
    /// </summary>
    public ulong LogTerm { get; init; }

    /// <summary>The leader's commit index; in a heartbeat at most what the receiver is known to hold.</summary>
    public ulong Commit { get; init; }

    /// <summary>Consecutive entries, the first one behind <see cref="LogIndex"/>; or the commands of a forwarded proposal, without term and index.</summary>
    public ReadOnlyMemory<Entry> Entries { get; init; }

    /// <summary>The request was refused.</summary>
    public bool Reject { get; init; }

    /// <summary>
    /// In a refused append response: the highest index at which the follower's log may match the leader's. In a snapshot response: the offset in bytes from
    /// which on the receiver needs more.
    /// </summary>
    public ulong RejectHint { get; init; }

    /// <summary>
    /// Append and heartbeat messages: number of the newest read round that this message asks for or confirms; 0 when there is none. ReadIndex messages: the
    /// asker's own number.
    /// </summary>
    public ulong ReadContext { get; init; }

    /// <summary>
    /// In a <see cref="MessageType.VoteRequest"/>: the leader itself asked for the election, so members that still hear from it vote all the same.
    /// </summary>
    public bool LeadershipTransfer { get; init; }

    /// <summary>In a <see cref="MessageType.SnapshotChunk"/>: the piece.</summary>
    public SnapshotChunk? Chunk { get; init; }

    /// <summary>Which of the groups that share a transport it belongs to. The core does not look at it: <see cref="SharedTransport"/> writes and reads it.</summary>
    public GroupId Group { get; init; }

    /// <summary>Total <see cref="Entry.Size"/> of <see cref="Entries"/>, in bytes.</summary>
    public long EntriesSize
    {
        get
        {
            long size = 0;
            foreach (ref readonly Entry entry in Entries.Span)
            {
                size += entry.Size;
            }

            return size;
        }
    }
}
