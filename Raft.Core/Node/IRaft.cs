using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node.Events;
using Raft.Core.StateMachine;

namespace Raft.Core.Node;

/// <summary>What an application sees of the Raft node that runs in its process. All members are safe to call from any thread.</summary>
public interface IRaft
{
    /// <summary>This node.</summary>
    NodeId Id { get; }

    /// <summary>The newest view of this node; cheap to read.</summary>
    RaftStatus Status { get; }

    /// <summary>Completes when the node has stopped; faults when it stopped because it could not go on.</summary>
    Task Completion { get; }

    /// <summary>
    /// A token for the leadership that this node has now, cancelled when that is lost; already cancelled when the node does not lead. For work that only a
    /// leader does: take it once, and give it to that work.
    /// </summary>
    /// <remarks>
    /// The token is cancelled when this node learns of its loss, and another may lead by then: one that is cut off from the others goes on for up to an election
    /// timeout. A token that is not cancelled proves nothing; <see cref="ReadBarrierAsync"/> proves that this node led after it was called. What must not be
    /// done by two nodes at once needs a check where it is done, such as the term as a fencing token. Callbacks run on the thread pool.
    /// </remarks>
    CancellationToken LeadershipToken { get; }

    /// <summary>
    /// Tells what happens to this node, from the first call of <see cref="IAsyncEnumerator{T}.MoveNextAsync"/> on; ends behind <see cref="NodeStopped"/>. A
    /// subscriber that does not keep up with <see cref="RaftNodeOptions.EventCapacity"/> loses the oldest events and is told by <see cref="EventsLost"/>. For
    /// the state, look at <see cref="Status"/>: it is at least as new as the event.
    /// </summary>
    IAsyncEnumerable<RaftEvent> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Replicates a command and completes once it is durable on a majority and applied by this node's state machine. The caller does not
    /// change the bytes after the call, and awaits the result once. Cancellation ends the wait, not the command, whose outcome is then unknown.
    /// </summary>
    /// <exception cref="NotLeaderException">This node does not lead; the command was certainly not carried out.</exception>
    /// <exception cref="ProposalDroppedException">A limit was reached; the command was certainly not carried out.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="RaftStoppedException">The node has stopped; the command was certainly not carried out.</exception>
    /// <exception cref="OutcomeUnknownException">
    /// Leadership was lost, or the node stopped, after the command was appended; it may or may not be carried out.
    /// </exception>
    ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken = default);

    /// <summary>
    /// Proposes a command here when this node leads, else passes it on to the leader, without telling what becomes of it. For reports that
    /// are repeated until the replicated state shows them. Returns false when it was certainly not sent: no leader is known, or a queue is full.
    /// </summary>
    bool TryForward(ReadOnlyMemory<byte> command);

    /// <summary>
    /// Hands leadership over without the wait for an election timeout, and completes when this node leads no more. Meanwhile it refuses proposals.
    /// Cancellation ends the wait, not the attempt.
    /// </summary>
    /// <param name="target">Who shall lead: a voter, or <see cref="NodeId.None"/> for the one whose log is the most up to date.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotLeaderException">This node does not lead.</exception>
    /// <exception cref="LeadershipTransferException">There is no such voter, or it did not take over within an election timeout.</exception>
    /// <exception cref="RaftStoppedException">The node has stopped.</exception>
    ValueTask TransferLeadershipAsync(NodeId target = default, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes who belongs to the cluster, in one step however many nodes it concerns, and completes when the new configuration is committed and the old one is
    /// left (joint consensus, Raft paper, section 6). New voters become learners first, and voters when they have caught up to
    /// <see cref="RaftOptions.PromotionLag"/>: a voter without the log counts, and can't help. One that never catches up is waited for until the caller cancels, and stays
    /// a learner. Cancellation ends the wait; a step that is in the log already goes on.
    /// </summary>
    /// <param name="change">What shall be different.</param>
    /// <param name="expectedIndex">Refuse unless <see cref="RaftStatus.ConfigurationIndex"/> is this: nobody has changed what the caller saw.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The configuration that is in force then.</returns>
    /// <exception cref="NotLeaderException">This node does not lead; nothing was changed.</exception>
    /// <exception cref="MembershipChangeException">
    /// The change was refused; nothing was changed, unless another change came while new voters caught up: they are learners then. The message says why.
    /// </exception>
    /// <exception cref="ProposalDroppedException">The mailbox is full; nothing was changed.</exception>
    /// <exception cref="OutcomeUnknownException">
    /// Leadership was lost, or the node stopped, before the change was committed. The new voters may be learners by now.
    /// </exception>
    /// <exception cref="RaftStoppedException">The node has stopped.</exception>
    ValueTask<ClusterConfiguration> ChangeMembershipAsync(
        ConfigurationChange change, ulong? expectedIndex = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Completes when this node's <see cref="IStateMachine"/> holds everything that <paramref name="consistency"/> asks for. A read of the
    /// state machine after that has the named consistency.
    /// </summary>
    /// <exception cref="NotLeaderException">
    /// No leader is known, another one came while this one was asked, or the consistency is <see cref="ReadConsistency.Leader"/> and this node does not lead.
    /// </exception>
    /// <exception cref="RaftStoppedException">The node has stopped.</exception>
    ValueTask ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default);
}
