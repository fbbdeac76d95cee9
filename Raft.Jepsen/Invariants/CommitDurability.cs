using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S6: a leader commits only what is durable on a majority of the disks, in each half of the configuration.</summary>
internal sealed class CommitDurability(IReadOnlyList<SimulatedNode> nodes) : ICommitObserver
{
    public void OnCommit(SimulatedNode node, ulong before, ulong after)
    {
        if (!node.IsLeader)
        {
            return;
        }

        ulong chain = node.Disk.Issued.ChainAt(after);
        ClusterConfiguration configuration = node.Core!.Configuration;
        if (!IsOnMajority(configuration.Voters) || (configuration.IsJoint && !IsOnMajority(configuration.VotersOutgoing)))
        {
            throw new PropertyViolationException(
                "S6 commit durability", $"leader {node.Id} of term {node.Core.Term} commits {after}, which is not durable on a majority");
        }

        bool IsOnMajority(IReadOnlyList<NodeId> voters)
        {
            int holders = 0;
            for (int i = 0; i < voters.Count; i++)
            {
                holders += nodes[(int)voters[i].Value - 1].Disk.Durable.Holds(after, chain) ? 1 : 0;
            }

            return holders > voters.Count / 2;
        }
    }
}
