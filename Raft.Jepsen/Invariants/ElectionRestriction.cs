using System.Runtime.InteropServices;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S13: a vote goes only to a candidate whose log, as it said when it asked, is at least as up to date as the voter's.</summary>
internal sealed class ElectionRestriction : ISendObserver, IDeliveryObserver, IRestartObserver
{
    private readonly Dictionary<(int Candidate, ulong Term), LogId> _candidates = [];
    private readonly Dictionary<(int Voter, int Candidate, ulong Term), LogId> _voters = [];

    public void OnSending(SimulatedNode node, in Message message)
    {
        if (message.Type == MessageType.VoteRequest)
        {
            _candidates.TryAdd((node.Position, message.Term), new LogId(message.LogTerm, message.LogIndex));
        }

        if (message.Type != MessageType.VoteResponse || message.Reject)
        {
            return;
        }

        int candidate = (int)message.To.Value - 1;
        if (_candidates.TryGetValue((candidate, message.Term), out LogId asked)
            && _voters.TryGetValue((node.Position, candidate, message.Term), out LogId own)
            && asked < own)
        {
            throw new PropertyViolationException(
                "S13 election restriction",
                $"node {node.Id}, whose log ended at {own}, votes in term {message.Term} for {message.To}, whose log ended at {asked}");
        }
    }

    /// <summary>
    /// Of several deliveries of a request the one counts at which the log was the least up to date: a node that has voted repeats its answer with a log
    /// that may have grown, and one that has refused may vote once the leader of the term, who asked, has cut its log.
    /// </summary>
    public void OnDelivering(SimulatedNode node, in Message message)
    {
        if (message.Type == MessageType.VoteRequest)
        {
            var request = (node.Position, (int)message.From.Value - 1, message.Term);
            ref LogId own = ref CollectionsMarshal.GetValueRefOrAddDefault(_voters, request, out bool isRepeated);
            own = isRepeated && own < node.Core!.LastLogId ? own : node.Core!.LastLogId;
        }
    }

    /// <summary>
    /// A crash may shorten the log of a voter that had not answered yet: what counts then is the log it restarts with. One that has voted may have a longer log
    /// by now, and repeats its answer all the same.
    /// </summary>
    public void OnRestarted(SimulatedNode node, RecoveredState recovered)
    {
        LogId last = new(recovered.TermRuns.Count > 0 ? recovered.TermRuns[^1].Term : recovered.Base.Term, recovered.LastIndex);
        foreach (var request in _voters.Keys.Where(request => request.Voter == node.Position && _voters[request] > last).ToList())
        {
            _voters[request] = last;
        }
    }
}
