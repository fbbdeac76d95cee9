using Raft.Core.Consensus;

namespace Raft.Jepsen.Simulation;

/// <summary>The acknowledgements of one link that reach furthest: one of the newest term, and one of all terms before it.</summary>
internal struct AckMemory
{
    private Message _newest;
    private Message _older;

    public void Remember(in Message message)
    {
        if (message.Type != MessageType.AppendResponse || message.Reject || message.Term < _newest.Term)
        {
            return;
        }

        if (message.Term > _newest.Term)
        {
            _older = _newest.LogIndex >= _older.LogIndex ? _newest : _older;
            _newest = message;
        }
        else if (message.LogIndex > _newest.LogIndex)
        {
            _newest = message;
        }
    }

    /// <summary>The acknowledgement of a term before <paramref name="term"/>, when there is one.</summary>
    public readonly Message? Before(ulong term)
    {
        Message ack = _newest.Term < term ? _newest : _older;
        return ack.Type == MessageType.None || ack.Term >= term ? null : ack;
    }
}
