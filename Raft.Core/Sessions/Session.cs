using System.Runtime.InteropServices;

namespace Raft.Core.Sessions;

/// <summary>One session: which of its commands were carried out, as far as the client may still ask. A link of the table's list, in order of last use.</summary>
internal sealed class Session(ulong id)
{
    private readonly List<KeptReply> _replies = [];

    public ulong Id { get; } = id;

    /// <summary>Log time of the last use, in milliseconds.</summary>
    public ulong LastUsed { get; set; }

    /// <summary>Lowest sequence that may still be asked for; nothing below is carried out or answered again.</summary>
    public ulong LowestUnanswered { get; private set; } = 1;

    /// <summary>The kept replies in ascending order of sequence, none below <see cref="LowestUnanswered"/>.</summary>
    public ReadOnlySpan<KeptReply> Replies => CollectionsMarshal.AsSpan(_replies);

    public long ReplyBytes { get; private set; }

    public Session? Older { get; set; }

    public Session? Newer { get; set; }

    /// <summary>The reply to a command that was carried out, or <c>null</c>.</summary>
    public byte[]? Find(ulong sequence)
    {
        int place = PlaceOf(sequence);
        return place < _replies.Count && _replies[place].Sequence == sequence ? _replies[place].Reply : null;
    }

    public void Keep(KeptReply reply)
    {
        RaftInvariantException.Require(reply.Sequence >= LowestUnanswered, "an acknowledged sequence is not carried out");
        int place = PlaceOf(reply.Sequence);
        RaftInvariantException.Require(
            place == _replies.Count || _replies[place].Sequence != reply.Sequence, "a command of a session is carried out once");
        _replies.Insert(place, reply);
        ReplyBytes += reply.Size;
    }

    /// <summary>Drops the replies below a sequence; returns the bytes this frees.</summary>
    public long Acknowledge(ulong lowestUnanswered)
    {
        if (lowestUnanswered <= LowestUnanswered)
        {
            return 0;
        }

        LowestUnanswered = lowestUnanswered;
        int count = PlaceOf(lowestUnanswered);
        long freed = 0;
        for (int i = 0; i < count; i++)
        {
            freed += _replies[i].Size;
        }

        _replies.RemoveRange(0, count);
        ReplyBytes -= freed;
        return freed;
    }

    /// <summary>Place of the first reply that is not below a sequence. New commands come last nearly always.</summary>
    private int PlaceOf(ulong sequence)
    {
        int low = 0;
        int high = _replies.Count;
        if (high > 0 && _replies[high - 1].Sequence < sequence)
        {
            return high;
        }

        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (_replies[middle].Sequence < sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
