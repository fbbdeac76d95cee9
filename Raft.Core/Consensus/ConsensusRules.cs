using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Quorums;

namespace Raft.Core.Consensus;

/// <summary>
/// Rules of elections, of changes of the configuration and of snapshots that decide by what they are given alone. The core does what follows from them;
/// whoever changes one changes the protocol, and its proof no longer holds.
/// </summary>
internal class ConsensusRules
{
    /// <summary>The rules as the proof of Raft has them.</summary>
    public static ConsensusRules Proven { get; } = new();

    /// <summary>
    /// No configuration is changed before an entry of the leader's own term is committed: a change of an earlier term could still win over this one with a
    /// quorum that does not intersect (Ongaro, raft-dev, 2015).
    /// </summary>
    public virtual bool MayChangeConfiguration(ulong commitIndex, ulong termStart) => commitIndex >= termStart;

    /// <summary>A configuration that was truncated was never in force for anybody: the one before it is again.</summary>
    public virtual void UndoConfigurations(ConfigurationHistory configurations, ulong truncatedFrom) => configurations.TruncateFrom(truncatedFrom);

    /// <summary>Only voters of the configuration elect, whoever else may answer.</summary>
    public virtual bool IsElector(ClusterConfiguration configuration, NodeId member) => configuration.IsVoter(member);

    /// <summary>Where an election stands. A joint configuration elects by both of its halves.</summary>
    public virtual VoteResult Tally(ClusterConfiguration configuration, IReadOnlyDictionary<NodeId, bool> votes)
        => JointQuorum.Tally(configuration, static (votes, id) => votes.TryGetValue(id, out bool granted) ? granted : null, votes);

    /// <summary>
    /// A log may be kept beside a snapshot only where it holds the very entry that the snapshot ends with: then all before is the same, and only then what
    /// follows is no other leader's (Raft paper, Figure 13, steps 6 and 7).
    /// </summary>
    public virtual bool MayKeepLog(RaftLog log, LogId snapshotEnd) => log.Matches(snapshotEnd);
}
