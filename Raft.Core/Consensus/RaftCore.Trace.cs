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

    private void TraceReplicate()
    {
        _trace?.OnEvent(this, RaftTraceEvent.Replicate);
        _trace?.OnSend(this, OwnAcknowledgement(_log.LastIndex));
    }
}
