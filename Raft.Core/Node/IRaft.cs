using Raft.Core.Membership;
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
    /// Replicates a command and completes once it is durable on a majority and applied by this node's state machine. The caller does not
    /// change the bytes after the call. Cancellation ends the wait, not the command, whose outcome is then unknown.
    /// </summary>
    /// <exception cref="NotLeaderException">This node does not lead; the command was certainly not carried out.</exception>
    /// <exception cref="ProposalDroppedException">A limit was reached; the command was certainly not carried out.</exception>
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
    /// Completes when this node's <see cref="IStateMachine"/> holds everything that <paramref name="consistency"/> asks for. A read of the
    /// state machine after that has the named consistency.
    /// </summary>
    /// <exception cref="NotLeaderException">The consistency needs the leader, and this node does not lead, or stopped to while it asked.</exception>
    /// <exception cref="RaftStoppedException">The node has stopped.</exception>
    ValueTask ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default);
}
