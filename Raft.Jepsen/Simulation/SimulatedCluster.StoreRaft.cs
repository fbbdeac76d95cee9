using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Events;

namespace Raft.Jepsen.Simulation;

// The node that a store runs on.
internal sealed partial class SimulatedCluster
{
    /// <summary>
    /// What <see cref="RaftNode"/> is to the store of a process, over the driver of a simulated node. Whoever calls has the driver carry out what the core
    /// wants; what is awaited goes on within the event that ends the wait.
    /// </summary>
    private sealed class StoreRaft(SimulatedCluster cluster, SimulatedNode node) : IRaft
    {
        public NodeId Id => node.Id;

        public RaftStatus Status => new()
        {
            Id = node.Id,
            Role = Core.Role,
            Term = Core.Term,
            Leader = Core.Leader,
            LastIndex = Core.LastLogId.Index,
            CommitIndex = Core.CommitIndex,
            AppliedIndex = node.StateMachine.AppliedIndex,
            Configuration = Core.Configuration,
        };

        public Task Completion => throw Unsupported();

        public CancellationToken LeadershipToken => throw Unsupported();

        private RaftCore Core => node.Core!;

        public ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken = default)
        {
            ProposalStatus status = Core.Propose(command, forward: false, out LogId id);
            switch (status)
            {
                case ProposalStatus.Appended:
                    var caller = new TaskCompletionSource<ProposalResult>();
                    node.Proposals.Enqueue(new PendingProposal(id, caller));
                    return new ValueTask<ProposalResult>(caller.Task);
                case ProposalStatus.NotLeader:
                    cluster.Count(Occurrence.ProposalRefused);
                    return ValueTask.FromException<ProposalResult>(new NotLeaderException(Core.Leader));
                default:
                    cluster.Count(status == ProposalStatus.UncommittedLimit ? Occurrence.ProposalOverLimit : Occurrence.ProposalRefused);
                    return ValueTask.FromException<ProposalResult>(new ProposalDroppedException(status));
            }
        }

        public ValueTask ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default)
        {
            if (consistency == ReadConsistency.Stale)
            {
                return ValueTask.CompletedTask;
            }

            var caller = new TaskCompletionSource();
            cluster.TellTime(node);
            bool isAsked = (consistency == ReadConsistency.BoundedStale && TryReadStale(caller))
                || ((consistency != ReadConsistency.Leader || Core.Role == Role.Leader) && cluster.RequestRead(node, byLease: true, caller));
            return isAsked ? new ValueTask(caller.Task) : ValueTask.FromException(new NotLeaderException(Core.Leader));
        }

        public IAsyncEnumerable<RaftEvent> WatchAsync(CancellationToken cancellationToken = default) => throw Unsupported();

        public bool TryForward(ReadOnlyMemory<byte> command) => throw Unsupported();

        public ValueTask TransferLeadershipAsync(NodeId target = default, CancellationToken cancellationToken = default) => throw Unsupported();

        public ValueTask<ClusterConfiguration> ChangeMembershipAsync(
            ConfigurationChange change, ulong? expectedIndex = null, CancellationToken cancellationToken = default) => throw Unsupported();

        private bool TryReadStale(TaskCompletionSource caller)
        {
            if (cluster._mutant.TryBoundedStaleRead(node, cluster._plan.MaxStaleness, out ulong index))
            {
                cluster.ReadStale(node, index, caller);
                return true;
            }

            cluster.Count(Occurrence.StaleReadRefused);
            return false;
        }

        private static NotSupportedException Unsupported() => new("The store does not ask for this.");
    }
}
