using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>All properties that must hold after every step, each called only for what it looks at.</summary>
internal sealed class InvariantSet
{
    private readonly IAppendObserver[] _appends;
    private readonly ITruncationObserver[] _truncations;
    private readonly IRoleObserver[] _roles;
    private readonly ICommitObserver[] _commits;
    private readonly IApplyObserver[] _applies;
    private readonly ISendObserver[] _sends;
    private readonly IDeliveryObserver[] _deliveries;
    private readonly IRestartObserver[] _restarts;
    private readonly IReadObserver[] _reads;
    private readonly IStaleReadObserver[] _staleReads;
    private readonly ISnapshotObserver[] _snapshots;
    private readonly IReleaseObserver[] _releases;
    private readonly IReplyObserver[] _replies;

    /// <summary>Makes the set for one run.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="committed">What is committed.</param>
    /// <param name="others">Observers that count and demand nothing.</param>
    public InvariantSet(IReadOnlyList<SimulatedNode> nodes, CommittedHistory committed, params object[] others)
        : this([
            new ElectionSafety(), new LeaderAppendOnly(), new LogMatching(committed.Chains), new LeaderCompleteness(committed), new CommitDurability(nodes),
            new CommitRule(), new CommitOrder(committed), new StateMachineSafety(committed), new VoteOnce(),
            new TermMonotonicity(nodes.Count),
            new AckDurability(nodes), new ElectionRestriction(), new ReadLinearizability(), new BoundedStaleness(nodes.Count), new RecoveryEquivalence(),
            new ProgressBounds(nodes), new StableIndexTruth(), new SnapshotSafety(committed), new StopOnDiskError(),
            new ConfigurationSafety(nodes),
            new ReplyTruth(committed), new AtMostOnce(committed), .. others,
        ])
    {
    }

    /// <summary>Makes the set of some observers.</summary>
    public InvariantSet(IReadOnlyList<object> all)
    {
        _appends = [.. all.OfType<IAppendObserver>()];
        _truncations = [.. all.OfType<ITruncationObserver>()];
        _roles = [.. all.OfType<IRoleObserver>()];
        _commits = [.. all.OfType<ICommitObserver>()];
        _applies = [.. all.OfType<IApplyObserver>()];
        _sends = [.. all.OfType<ISendObserver>()];
        _deliveries = [.. all.OfType<IDeliveryObserver>()];
        _restarts = [.. all.OfType<IRestartObserver>()];
        _reads = [.. all.OfType<IReadObserver>()];
        _staleReads = [.. all.OfType<IStaleReadObserver>()];
        _snapshots = [.. all.OfType<ISnapshotObserver>()];
        _releases = [.. all.OfType<IReleaseObserver>()];
        _replies = [.. all.OfType<IReplyObserver>()];
    }

    public void OnAppended(SimulatedNode node, in LogSlot slot)
    {
        foreach (IAppendObserver observer in _appends)
        {
            observer.OnAppended(node, slot);
        }
    }

    public void OnTruncating(SimulatedNode node, ulong from)
    {
        foreach (ITruncationObserver observer in _truncations)
        {
            observer.OnTruncating(node, from);
        }
    }

    public void OnLeader(SimulatedNode node)
    {
        foreach (IRoleObserver observer in _roles)
        {
            observer.OnLeader(node);
        }
    }

    public void OnCommit(SimulatedNode node, ulong before, ulong after)
    {
        foreach (ICommitObserver observer in _commits)
        {
            observer.OnCommit(node, before, after);
        }
    }

    public void OnApplied(SimulatedNode node)
    {
        foreach (IApplyObserver observer in _applies)
        {
            observer.OnApplied(node);
        }
    }

    public void OnSending(SimulatedNode node, in Message message)
    {
        foreach (ISendObserver observer in _sends)
        {
            observer.OnSending(node, message);
        }
    }

    public void OnDelivering(SimulatedNode node, in Message message)
    {
        foreach (IDeliveryObserver observer in _deliveries)
        {
            observer.OnDelivering(node, message);
        }
    }

    public void OnRestarted(SimulatedNode node, RecoveredState recovered)
    {
        foreach (IRestartObserver observer in _restarts)
        {
            observer.OnRestarted(node, recovered);
        }
    }

    public void OnBaseMoving(SimulatedNode node, LogId newBase, bool keepsSuffix)
    {
        foreach (ISnapshotObserver observer in _snapshots)
        {
            observer.OnBaseMoving(node, newBase, keepsSuffix);
        }
    }

    public void OnSaving(SimulatedNode node)
    {
        foreach (ISnapshotObserver observer in _snapshots)
        {
            observer.OnSaving(node);
        }
    }

    public void OnRestored(SimulatedNode node, SnapshotMetadata snapshot)
    {
        foreach (ISnapshotObserver observer in _snapshots)
        {
            observer.OnRestored(node, snapshot);
        }
    }

    public void OnRead(SimulatedNode node, in PendingRead read, ulong index)
    {
        foreach (IReadObserver observer in _reads)
        {
            observer.OnRead(node, read, index);
        }
    }

    public void OnStaleRead(SimulatedNode node, ulong floor, ulong index)
    {
        foreach (IStaleReadObserver observer in _staleReads)
        {
            observer.OnStaleRead(node, floor, index);
        }
    }

    public void OnStaleReadServed(SimulatedNode node, ulong index)
    {
        foreach (IStaleReadObserver observer in _staleReads)
        {
            observer.OnStaleReadServed(node, index);
        }
    }

    public void OnReleasing(SimulatedNode node, in OutboundMessage outbound)
    {
        foreach (IReleaseObserver observer in _releases)
        {
            observer.OnReleasing(node, outbound);
        }
    }

    public void OnAcknowledged(SimulatedNode node, LogId id)
    {
        foreach (IReplyObserver observer in _replies)
        {
            observer.OnAcknowledged(node, id);
        }
    }

    public void OnFailed(SimulatedNode node, LogId id)
    {
        foreach (IReplyObserver observer in _replies)
        {
            observer.OnFailed(node, id);
        }
    }

    public void OnRefused(ulong value)
    {
        foreach (IReplyObserver observer in _replies)
        {
            observer.OnRefused(value);
        }
    }
}
