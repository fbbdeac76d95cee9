using System.Diagnostics;

namespace Raft.Core.Node;

/// <summary>
/// The names under which nodes report metrics (<c>System.Diagnostics.Metrics</c>) and traces (<c>System.Diagnostics.ActivitySource</c>), after the
/// conventions of OpenTelemetry. Every measurement and span has the tag <see cref="NodeTag"/>, and <see cref="ClusterTag"/> when the node was told it.
/// </summary>
public static class RaftDiagnostics
{
    /// <summary>Name of the meter of all nodes of a process.</summary>
    public const string MeterName = "Raft.Core";

    /// <summary>
    /// Name of the source of spans: <c>raft.propose</c> (a proposal from call to outcome) and <c>raft.read_barrier</c>. Without a listener they cost nothing.
    /// </summary>
    public const string ActivitySourceName = "Raft.Core";

    /// <summary>Tag: the node's id.</summary>
    public const string NodeTag = "raft.node.id";

    /// <summary>Tag: <see cref="RaftNodeOptions.ClusterId"/>.</summary>
    public const string ClusterTag = "raft.cluster.id";

    /// <summary>Tag of <see cref="ReplicationLag"/>: the other member's id.</summary>
    public const string PeerTag = "raft.peer.id";

    /// <summary>
    /// Tag of <see cref="Proposals"/> and <see cref="ProposalDuration"/>: <c>committed</c>, <c>not_leader</c>, <c>dropped</c> (a limit), <c>stopped</c>,
    /// <c>unknown</c> (it may or may not be carried out) or <c>cancelled</c> (by the caller).
    /// </summary>
    public const string OutcomeTag = "raft.proposal.outcome";

    /// <summary>Tag of <see cref="Reads"/> and <see cref="ReadDuration"/>: the <see cref="ReadConsistency"/> in lower case.</summary>
    public const string ConsistencyTag = "raft.read.consistency";

    /// <summary>Tag of <see cref="MessagesSent"/> and <see cref="MessagesReceived"/>: the <see cref="Consensus.MessageType"/> in snake case.</summary>
    public const string MessageTypeTag = "raft.message.type";

    /// <summary>Gauge: the node's term.</summary>
    public const string Term = "raft.term";

    /// <summary>Gauge: the node's role, as the number of <see cref="Consensus.Role"/>.</summary>
    public const string Role = "raft.role";

    /// <summary>Gauge: index of the last entry of the log.</summary>
    public const string LastIndex = "raft.log.last_index";

    /// <summary>Gauge: the commit index.</summary>
    public const string CommitIndex = "raft.log.commit_index";

    /// <summary>Gauge: the applied index.</summary>
    public const string AppliedIndex = "raft.log.applied_index";

    /// <summary>Gauge, on the leader, by <see cref="PeerTag"/>: entries that a member is not known to have.</summary>
    public const string ReplicationLag = "raft.replication.lag";

    /// <summary>Counter by <see cref="OutcomeTag"/>: proposals that ended.</summary>
    public const string Proposals = "raft.proposals";

    /// <summary>Histogram in seconds by <see cref="OutcomeTag"/>: from the call to the outcome.</summary>
    public const string ProposalDuration = "raft.proposal.duration";

    /// <summary>Counter: terms in which this node asked for votes.</summary>
    public const string ElectionsStarted = "raft.elections.started";

    /// <summary>Counter: elections that this node won.</summary>
    public const string ElectionsWon = "raft.elections.won";

    /// <summary>Counter: how often this node learned of another leader than before.</summary>
    public const string LeaderChanges = "raft.leader.changes";

    /// <summary>Counter by <see cref="ConsistencyTag"/>: read barriers that were passed.</summary>
    public const string Reads = "raft.reads";

    /// <summary>Histogram in seconds by <see cref="ConsistencyTag"/>: wait at a read barrier that was passed.</summary>
    public const string ReadDuration = "raft.read.duration";

    /// <summary>Gauge: inputs that wait for the node's loop.</summary>
    public const string MailboxLength = "raft.mailbox.length";

    /// <summary>Counter: inputs for which the mailbox had no room.</summary>
    public const string MailboxRefusals = "raft.mailbox.refusals";

    /// <summary>Histogram in seconds: time to apply one batch of entries. Its count is the number of batches.</summary>
    public const string ApplyDuration = "raft.apply.duration";

    /// <summary>Histogram in seconds: from handing a write to the storage until it is durable.</summary>
    public const string WriteDuration = "raft.storage.write.duration";

    /// <summary>Counter by <see cref="MessageTypeTag"/>: messages given to the transport.</summary>
    public const string MessagesSent = "raft.messages.sent";

    /// <summary>Counter by <see cref="MessageTypeTag"/>: messages that the transport delivered.</summary>
    public const string MessagesReceived = "raft.messages.received";

    internal static ActivitySource Source { get; } = new(ActivitySourceName);
}
