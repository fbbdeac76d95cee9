using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Sessions;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Simulation;

// Clients that ask a replicated store, as they ask one of real processes, and are judged by what they saw.
internal sealed partial class SimulatedCluster
{
    private readonly VirtualTime? _time;
    private readonly ClientLinks? _links;
    private readonly StoreRun? _store;
    private readonly Action<IReadOnlyList<HistoryEvent>>? _historySink;
    private readonly bool _historyOnly;

    private LoadOptions DrawLoad(Workload workload)
    {
        RandomStream draw = _streams.Open(RandomPurpose.Load);
        return new LoadOptions
        {
            Workload = workload,
            Concurrency = (int)draw.Between(2, 8),
            Rate = (int)draw.Between(10, 80),
            Leases = _plan.Options.LeaseReads,
            StalenessBound = TimeSpan.FromMicroseconds(LongestStaleness),
        };
    }

    private HashStateMachine NewStateMachine(SimulatedNode node)
    {
        if (_store is null)
        {
            return new HashStateMachine(ClusterConfiguration.Empty, _plan.Sessions);
        }

        var state = new ReplicatedState(Plant.None);
        node.Service = new StoreService(new StoreRaft(this, node), state, Plant.None, node.Incarnation, new NodeClock(node, _scheduler));
        return new HashStateMachine(ClusterConfiguration.Empty, hasSessions: false, state);
    }

    private void Fire(long number)
    {
        _time!.Fire(number);
        _links!.ThrowIfFailed();
        _store!.ThrowIfFailed();
        _done |= _store.HasRead;
    }

    /// <summary>A planted bug answers before there is a reply.</summary>
    private static void Answer(SimulatedNode node, in PendingProposal proposal, bool isDone)
    {
        if (!isDone)
        {
            // Another entry stands in its place, so it is lost for certain.
            proposal.Caller?.SetException(new NotLeaderException(node.Core!.Leader));
        }
        else if (proposal.Caller is { } caller)
        {
            ReadOnlyMemory<byte> reply = proposal.Id.Index == node.StateMachine.AppliedIndex
                ? node.StateMachine.Reply
                : SessionCodec.EncodeApplied(StoreReply.Applied(proposal.Id.Index));
            caller.SetResult(new ProposalResult(proposal.Id.Term, proposal.Id.Index, reply));
        }
    }

    private void Abandon(in PendingProposal proposal)
        => proposal.Caller?.SetException(
            _mutant.CallsUnknownFailed ? new NotLeaderException(NodeId.None) : new OutcomeUnknownException("leadership was lost"));

    /// <summary>What the checkers say counts where no step broke a property, or none could.</summary>
    private SimulationResult Judge(SimulationResult result)
    {
        _historySink?.Invoke(_store!.Events);
        result = result with { TraceHash = Hash.Chain(result.TraceHash, _links!.Digest) };
        if (result.Failure is not null && !_historyOnly)
        {
            return result;
        }

        HistoryJudgement judgement = _store!.Judge();
        return result with { Judgement = judgement, Failure = judgement.Failure ?? result.Failure };
    }
}
