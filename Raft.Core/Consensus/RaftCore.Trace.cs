using Raft.Core.Membership;
using Raft.Core.Replication;

namespace Raft.Core.Consensus;

// What tests and traces see of the inside.
public sealed partial class RaftCore
{
    private readonly IRaftTrace? _trace;

    internal ElectionTimer ElectionTimer => _timer;

    internal Progress? ProgressOf(NodeId peer) => _progress.GetValueOrDefault(peer);

    private Message OwnVote => new() { Type = MessageType.VoteResponse, From = Id, To = Id, Term = Term };

    private Message OwnAcknowledgement(ulong index) => new() { Type = MessageType.AppendResponse, From = Id, To = Id, Term = Term, LogIndex = index };

    /// <summary>The leader appended an entry, of which the event tells the kind.</summary>
    private void TraceAppend(RaftTraceEvent what)
    {
        _trace?.OnEvent(this, what);
        _trace?.OnSend(this, OwnAcknowledgement(_log.LastIndex));
    }

    /// <summary>Entries of earlier terms may become durable late: those the leader has not acknowledged as such.</summary>
    private void TraceStable(ulong before)
    {
        if (_trace is not null && _log.StableIndex > before && _log.StableIndex >= _termStart)
        {
            _trace.OnReceive(this, OwnAcknowledgement(_log.StableIndex));
        }
    }
}
