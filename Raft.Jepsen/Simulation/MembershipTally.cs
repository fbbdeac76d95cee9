using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Jepsen.Invariants;

namespace Raft.Jepsen.Simulation;

/// <summary>Counts what changes of the membership come to.</summary>
internal sealed class MembershipTally(long[] occurrences) : IAppendObserver, ITruncationObserver, IRoleObserver, IDeliveryObserver
{
    private readonly HashSet<NodeId> _removed = [];
    private ClusterConfiguration _newest = ClusterConfiguration.Empty;
    private ulong _newestIndex;

    public void OnAppended(SimulatedNode node, in LogSlot slot)
    {
        if (slot.Entry.Type != EntryType.Configuration || !node.IsLeader || slot.Entry.Index <= _newestIndex)
        {
            return;
        }

        ClusterConfiguration next = ConfigurationCodec.Decode(slot.Entry.Payload.Span);
        Count(Occurrence.JointConfigurationLeft, _newest.IsJoint && !next.IsJoint);
        Count(Occurrence.LeaderRemovedItself, _newest.Contains(node.Id) && !next.Contains(node.Id));
        Count(Occurrence.LearnerPromoted, _newest.Learners.Any(id => next.Voters.Contains(id)));
        Count(Occurrence.NodeRemovedAndAddedAgain, next.Members.Any(_removed.Remove));
        _removed.UnionWith(_newest.Members.Where(id => !next.Contains(id)));
        _newest = next;
        _newestIndex = slot.Entry.Index;
    }

    public void OnTruncating(SimulatedNode node, ulong from)
    {
        Count(Occurrence.ConfigurationTruncated, node.Disk.Issued.ConfigurationIndex >= from);
        _newestIndex = Math.Min(_newestIndex, from - 1);
    }

    public void OnLeader(SimulatedNode node) => Count(Occurrence.LeaderElectedInJoint, node.Core!.Configuration.IsJoint);

    public void OnDelivering(SimulatedNode node, in Message message)
        => Count(
            Occurrence.NodeToldOfItsRemoval,
            message is { Type: MessageType.PreVoteResponse or MessageType.VoteResponse, Reject: true, LogIndex: > 0 });

    private void Count(Occurrence occurrence, bool happens) => occurrences[(int)occurrence] += happens ? 1 : 0;
}
