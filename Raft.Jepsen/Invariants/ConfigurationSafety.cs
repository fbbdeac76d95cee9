using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>
/// S14: a configuration is in force as soon as the log has it and no longer; a leader has one change in flight, begins none before it has committed in its term,
/// and goes from one configuration only to one whose quorums all meet those of the first; only voters of the configuration elect, and only one that may lead.
/// </summary>
internal sealed class ConfigurationSafety(IReadOnlyList<SimulatedNode> nodes) : IAppendObserver, IRoleObserver, ICommitObserver, ISendObserver
{
    private readonly Dictionary<(NodeId Candidate, ulong Term), uint> _votes = [];

    public void OnAppended(SimulatedNode node, in LogSlot slot)
    {
        Entry entry = slot.Entry;
        if (entry.Type != EntryType.Configuration || !node.IsLeader || entry.Term != node.Core!.Term)
        {
            return;
        }

        LogImage log = node.Disk.Issued;
        ulong previous = log.ConfigurationBefore(entry.Index);
        ulong committed = Math.Min(node.Core.CommitIndex, entry.Index - 1);
        Require(previous <= committed, node, $"begins the change at {entry.Id} before that at {previous} is committed");
        Require(log[committed].Entry.Term == node.Core.Term, node, $"begins the change at {entry.Id} before it has committed in its term");
        ClusterConfiguration before = ConfigurationCodec.Decode(log[previous].Entry.Payload.Span);
        ClusterConfiguration after = ConfigurationCodec.Decode(entry.Payload.Span);
        Require(QuorumsMeet(before, after), node, $"goes from {before} to {after}, which can decide without each other");
    }

    public void OnSending(SimulatedNode node, in Message message)
    {
        if (message is { Type: MessageType.VoteResponse, Reject: false })
        {
            _votes[(message.To, message.Term)] = _votes.GetValueOrDefault((message.To, message.Term)) | BitOf(node.Id);
        }
    }

    public void OnLeader(SimulatedNode node)
    {
        RaftCore core = node.Core!;
        CheckInForce(node);
        uint votes = _votes.GetValueOrDefault((node.Id, core.Term)) | BitOf(node.Id);
        Require(IsQuorum(core.Configuration, votes), node, $"leads term {core.Term} without the votes of a quorum of {core.Configuration}");
        Require(!core.Configuration.IsWitness(node.Id), node, "is a witness and leads");
    }

    /// <summary>A leader's commit index is looked at before its newest entries are written, so only those of others tell.</summary>
    public void OnCommit(SimulatedNode node, ulong before, ulong after)
    {
        if (!node.IsLeader)
        {
            CheckInForce(node);
        }
    }

    private static void CheckInForce(SimulatedNode node)
        => Require(
            node.Core!.ConfigurationIndex == node.Disk.Issued.ConfigurationIndex,
            node,
            $"goes by the configuration at {node.Core.ConfigurationIndex}, and its log has one at {node.Disk.Issued.ConfigurationIndex}");

    /// <summary>Two configurations can decide apart from each other when the nodes outside of a quorum of one are a quorum of the other.</summary>
    private bool QuorumsMeet(ClusterConfiguration one, ClusterConfiguration other)
    {
        uint all = (1U << nodes.Count) - 1;
        for (uint set = 0; set <= all; set++)
        {
            if (IsQuorum(one, set) && IsQuorum(other, all & ~set))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsQuorum(ClusterConfiguration configuration, uint set)
        => IsMajority(configuration.Voters, set) && (!configuration.IsJoint || IsMajority(configuration.VotersOutgoing, set));

    private static bool IsMajority(IReadOnlyList<NodeId> voters, uint set)
    {
        int members = 0;
        for (int i = 0; i < voters.Count; i++)
        {
            members += (set & BitOf(voters[i])) != 0 ? 1 : 0;
        }

        return members > voters.Count / 2;
    }

    private static uint BitOf(NodeId id) => 1U << ((int)id.Value - 1);

    private static void Require(bool holds, SimulatedNode node, string otherwise)
    {
        if (!holds)
        {
            throw new PropertyViolationException("S14 configuration safety", $"node {node.Id} {otherwise}");
        }
    }
}
