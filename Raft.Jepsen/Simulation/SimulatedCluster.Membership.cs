using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Jepsen.Simulation;

// Who belongs to the cluster, and how that changes.
internal sealed partial class SimulatedCluster
{
    private const int MostSteps = 3;

    private Entry FirstEntry() => new(1, 1, EntryType.Configuration, ConfigurationCodec.Encode(_configuration));

    /// <summary>Each node is named once at most; what makes no sense the core must refuse.</summary>
    private List<MemberChange> DrawChanges(RandomStream draw)
    {
        var changes = new List<MemberChange>();
        for (int left = 1 + draw.Below(MostSteps); left > 0; left--)
        {
            SimulatedNode node = _nodes[draw.Below(_nodes.Length)];
            ConfigurationOperationKind kind = draw.Below(5) switch
            {
                0 or 1 => ConfigurationOperationKind.Remove,
                2 when !node.MayBeWitness => ConfigurationOperationKind.AddLearner,
                _ => node.MayBeWitness ? ConfigurationOperationKind.AddWitness : ConfigurationOperationKind.AddVoter,
            };
            if (!changes.Exists(change => change.Node == (int)node.Id.Value))
            {
                changes.Add(new MemberChange(kind, (int)node.Id.Value));
            }
        }

        return changes;
    }

    /// <summary>A conditional change is for the configuration that the client has seen, which the node that it knows may have from long ago.</summary>
    private void ChangeMembers(SimulatedNode node, IReadOnlyList<MemberChange> steps, SimulatedNode? seenBy)
    {
        ConfigurationChange change = ConfigurationChange.Empty;
        foreach (MemberChange step in steps)
        {
            var id = new NodeId((ulong)step.Node);
            change = step.Kind switch
            {
                ConfigurationOperationKind.AddVoter => change.AddVoter(id),
                ConfigurationOperationKind.AddLearner => change.AddLearner(id),
                ConfigurationOperationKind.AddWitness => change.AddWitness(id),
                _ => change.Remove(id),
            };
        }

        switch (node.Core!.ProposeConfiguration(change, seenBy?.StateMachine.ConfigurationIndex, out _))
        {
            case ConfigurationStatus.Appended:
                Count(Occurrence.ChangeAppended);
                break;
            case ConfigurationStatus.IndexMismatch:
                Count(Occurrence.ChangeOfOthersMissed);
                break;
            default:
                Count(Occurrence.ChangeRefused);
                break;
        }
    }

    /// <summary>True when the nodes for which <paramref name="agrees"/> holds are a quorum of the configuration.</summary>
    private bool IsQuorum(ClusterConfiguration configuration, Predicate<SimulatedNode> agrees)
    {
        return IsMajority(configuration.Voters) && (!configuration.IsJoint || IsMajority(configuration.VotersOutgoing));

        bool IsMajority(IReadOnlyList<NodeId> voters) => voters.Count(id => agrees(_nodes[(int)id.Value - 1])) > voters.Count / 2;
    }
}
