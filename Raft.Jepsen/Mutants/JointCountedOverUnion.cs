using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>
/// In a joint configuration a leader counts acknowledgements over all voters together, not in each half. Its core hears those that are missing in a
/// half as soon as most of all voters have acknowledged an entry.
/// </summary>
internal sealed class JointCountedOverUnion()
    : Mutant("joint-counted-over-union", "A leader counts acknowledgements over both halves of a joint configuration together.", "S6", "S14", "S12")
{
    public override void Deliver(SimulatedNode node, in Message message)
    {
        node.Core!.Step(message);
        ClusterConfiguration configuration = node.Core.Configuration;
        if (message is not { Type: MessageType.AppendResponse, Reject: false } || !node.IsLeader || !configuration.IsJoint)
        {
            return;
        }

        NodeId[] union = [.. configuration.Voters.Union(configuration.VotersOutgoing)];
        ulong agreed = AgreedBy(node, union);
        if (agreed > node.Core.CommitIndex)
        {
            foreach (NodeId voter in union.Where(voter => voter != node.Id))
            {
                node.Core.Step(message with { From = voter, LogIndex = agreed });
            }
        }
    }

    private static ulong AgreedBy(SimulatedNode node, NodeId[] voters)
    {
        var matches = voters.ToDictionary(voter => voter, _ => 0UL);
        node.Core!.VisitProgress(matches, static (state, peer, match, _, _) =>
        {
            if (state.ContainsKey(peer))
            {
                state[peer] = match;
            }
        });
        if (matches.ContainsKey(node.Id))
        {
            matches[node.Id] = node.Core.StableIndex;
        }

        return matches.Values.Order().ElementAt((matches.Count - 1) / 2);
    }
}
