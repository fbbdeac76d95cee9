using System.Numerics;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Jepsen.Invariants;

namespace Raft.Jepsen.Simulation;

/// <summary>Counts what elections come to.</summary>
internal sealed class ElectionTally(int nodes, long[] occurrences) : ISendObserver, IDeliveryObserver, IRoleObserver
{
    private readonly Dictionary<ulong, Election> _elections = [];
    private readonly LogId[] _asked = new LogId[nodes];
    private ulong _newest;

    public void OnSending(SimulatedNode node, in Message message)
    {
        if (message.Type == MessageType.VoteRequest)
        {
            Stand(node, message);
        }
        else if (message is { Type: MessageType.VoteResponse, Reject: true } && _asked[node.Position] < node.Core!.LastLogId)
        {
            Count(Occurrence.VoteRefusedForLog);
        }
    }

    public void OnDelivering(SimulatedNode node, in Message message)
    {
        if (message.Type == MessageType.VoteRequest)
        {
            _asked[node.Position] = new LogId(message.LogTerm, message.LogIndex);
        }
    }

    public void OnLeader(SimulatedNode node)
    {
        ulong term = node.Core!.Term;
        Election election = _elections.GetValueOrDefault(term);
        _elections[term] = election with { HasLeader = true };
        if ((election.ByTransfer & BitOf(node)) != 0)
        {
            Count(Occurrence.TransferSucceeded);
        }
    }

    private void Stand(SimulatedNode node, in Message message)
    {
        Election election = _elections.GetValueOrDefault(message.Term);
        if ((election.Candidates & BitOf(node)) != 0)
        {
            return;
        }

        uint candidates = election.Candidates | BitOf(node);
        uint byTransfer = election.ByTransfer | (message.LeadershipTransfer ? BitOf(node) : 0);
        _elections[message.Term] = election with { Candidates = candidates, ByTransfer = byTransfer };
        if (BitOperations.PopCount(candidates) == 3)
        {
            Count(Occurrence.ThreeCandidatesInTerm);
        }

        if (message.Term > _newest)
        {
            Election last = _elections.GetValueOrDefault(_newest);
            if (!last.HasLeader && BitOperations.PopCount(last.Candidates) > 1)
            {
                Count(Occurrence.SplitVote);
            }

            _newest = message.Term;
        }
    }

    private static uint BitOf(SimulatedNode node) => 1U << node.Position;

    private void Count(Occurrence occurrence) => occurrences[(int)occurrence]++;

    private readonly record struct Election(uint Candidates, uint ByTransfer, bool HasLeader);
}
