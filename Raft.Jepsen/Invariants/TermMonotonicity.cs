using Raft.Core.Consensus;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// S11: no term is told before it is durable, so a restarted node is never behind what it told. Pre-votes tell of a term that nobody
/// entered.
/// </summary>
internal sealed class TermMonotonicity(int nodes) : ISendObserver, IRestartObserver
{
    private readonly ulong[] _told = new ulong[nodes];

    public void OnSending(SimulatedNode node, in Message message)
    {
        bool tellsOwnTerm = message.Type switch
        {
            MessageType.PreVoteRequest or MessageType.ForwardedProposal => false,
            MessageType.PreVoteResponse => message.Reject,
            _ => true,
        };
        if (!tellsOwnTerm)
        {
            return;
        }

        if (node.Disk.DurableState.Term < message.Term)
        {
            throw new PropertyViolationException(
                "S11 durable terms",
                $"node {node.Id} sends {message.Type} in term {message.Term}, and only {node.Disk.DurableState.Term} is durable");
        }

        _told[node.Position] = Math.Max(_told[node.Position], message.Term);
    }

    public void OnRestarted(SimulatedNode node, RecoveredState recovered)
    {
        if (recovered.HardState.Term < _told[node.Position])
        {
            throw new PropertyViolationException(
                "S11 durable terms", $"node {node.Id} restarts in term {recovered.HardState.Term}, and had told {_told[node.Position]}");
        }
    }
}
