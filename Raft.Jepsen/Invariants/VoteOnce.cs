using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S10: a node votes once a term, across restarts, and no vote is told before it is durable.</summary>
internal sealed class VoteOnce : ISendObserver, IRestartObserver
{
    private readonly Dictionary<(int Node, ulong Term), NodeId> _votes = [];

    public void OnSending(SimulatedNode node, in Message message)
    {
        NodeId candidate = message.Type switch
        {
            MessageType.VoteRequest => node.Id,
            MessageType.VoteResponse when !message.Reject => message.To,
            _ => NodeId.None,
        };
        if (candidate.IsNone)
        {
            return;
        }

        if (!_votes.TryAdd((node.Position, message.Term), candidate) && _votes[(node.Position, message.Term)] != candidate)
        {
            throw new PropertyViolationException(
                "S10 one vote a term",
                $"node {node.Id} tells a vote for {candidate} in term {message.Term}, after one for "
                    + $"{_votes[(node.Position, message.Term)]}");
        }

        HardState durable = node.Disk.DurableState;
        if (durable.Term < message.Term || (durable.Term == message.Term && durable.VotedFor != candidate))
        {
            throw new PropertyViolationException(
                "S10 one vote a term", $"node {node.Id} tells a vote for {candidate} in term {message.Term}, which is not durable");
        }
    }

    public void OnRestarted(SimulatedNode node, RecoveredState recovered)
    {
        HardState state = recovered.HardState;
        if (_votes.TryGetValue((node.Position, state.Term), out NodeId told) && told != state.VotedFor)
        {
            throw new PropertyViolationException(
                "S10 one vote a term",
                $"node {node.Id} forgot in a restart its vote of term {state.Term}");
        }
    }
}
