using Raft.Core.Consensus;

namespace Raft.Jepsen.Simulation;

// After the faults: a core majority must elect a leader, commit, and come to one state.
internal sealed partial class SimulatedCluster
{
    private const int LeaderWithin = 10;
    private const int CommitWithin = 20;
    private const int QuietTimeouts = 10;

    private bool _healing;
    private long _healedAt;
    private bool _leaderSeen;
    private ulong _probe;
    private ulong _probeTerm;
    private ulong _backlog;
    private long _convergedAt;
    private ulong _convergedTerm;

    /// <summary>Links, disks and clocks are sound from now on. A random majority is up, the rest is up too or dead for good.</summary>
    private void Heal()
    {
        _healing = true;
        _healedAt = _scheduler.Now;
        _network.Heal();
        int mayStayDown = (_plan.Voters - 1) / 2;
        foreach (SimulatedNode node in _nodes)
        {
            node.TickPerMille = 1000;
            node.DiskExtra = 0;
            node.DiskFails = false;
            node.PausedUntil = 0;
            if (mayStayDown > 0 && _faults.Below(4) == 0)
            {
                mayStayDown--;
                Crash(node);
                node.StaysDown = true;
            }
            else
            {
                Start(node);
            }
        }

        _backlog = _nodes.Max(node => node.Disk.Issued.LastIndex);
        _scheduler.In(_plan.ElectionTimeout, new SimulationEvent(EventKind.LivenessCheck, 0, 0, 0));
    }

    /// <summary>Looks once an election timeout.</summary>
    private void CheckLiveness()
    {
        _scheduler.In(_plan.ElectionTimeout, new SimulationEvent(EventKind.LivenessCheck, 0, 0, 0));
        long timeouts = (_scheduler.Now - _healedAt) / _plan.ElectionTimeout;
        SimulatedNode? leader = AgreedLeader();
        if (!_leaderSeen)
        {
            Demand(
                leader is not null || timeouts < LeaderWithin,
                "L1 a leader",
                $"no leader {timeouts} election timeouts after the faults");
            _leaderSeen = leader is not null;
        }

        if (leader is not null && (_probe == 0 || (_probeTerm < leader.Core!.Term && _committed.LastIndex < _probe)))
        {
            leader.Core!.Propose(NewValue(), forward: false, out Raft.Core.Log.LogId id);
            RequestRead(leader);
            _probe = id.Index;
            _probeTerm = id.Term;
            AfterInput(leader);
        }

        Demand(
            (_probe > 0 && _committed.LastIndex >= _probe) || timeouts < CommitWithin + BacklogTimeouts,
            "L2 a commit",
            $"a new command is not committed {timeouts} election timeouts after the faults");
        bool converged = leader is not null && _committed.LastIndex >= _probe && HaveConverged(leader);
        Demand(
            converged || timeouts < CommitWithin + BacklogTimeouts,
            "L3 one state",
            $"the nodes differ {timeouts} election timeouts after the faults");
        if (converged)
        {
            CheckQuiet(leader!);
        }
    }

    /// <summary>Catching up takes at worst a round trip for each entry that the nodes hold, and the snapshots as long as their throttle wants.</summary>
    private long BacklogTimeouts
    {
        get
        {
            long bytes = _nodes.Length * (_plan.SnapshotPadding + 16L);
            long throttled = bytes / _plan.Options.SnapshotBytesPerTick * _plan.TickLength;
            return (((long)_backlog + (bytes / _plan.Options.SnapshotChunkBytes)) * 8_000 + (2 * throttled)) / _plan.ElectionTimeout;
        }
    }

    /// <summary>L4: once all is well, nobody starts an election; L8: every read and proposal has ended.</summary>
    private void CheckQuiet(SimulatedNode leader)
    {
        if (_convergedAt == 0)
        {
            _convergedAt = _scheduler.Now;
            _convergedTerm = leader.Core!.Term;
        }

        Demand(
            leader.Core!.Term == _convergedTerm,
            "L4 no needless election",
            $"term {leader.Core.Term} follows {_convergedTerm} in a sound cluster");
        if (_scheduler.Now - _convergedAt < QuietTimeouts * _plan.ElectionTimeout)
        {
            return;
        }

        foreach (SimulatedNode node in _nodes)
        {
            Demand(
                node.Reads.Count == 0 && node.Proposals.Count == 0,
                "L8 every call ends",
                $"node {node.Id} still owes {node.Reads.Count} reads and {node.Proposals.Count} proposals an answer");
        }

        _done = true;
    }

    private SimulatedNode? AgreedLeader()
    {
        SimulatedNode? leader = Array.Find(
            _nodes,
            node => node.IsLeader && Array.TrueForAll(_nodes, other => !other.IsLeader || other.Core!.Term <= node.Core!.Term));
        int followers = leader is null ? 0 : _nodes.Take(_plan.Voters).Count(
            node => node.Core is { } core && core.Leader == leader.Id && core.Term == leader.Core!.Term);
        return followers > _plan.Voters / 2 ? leader : null;
    }

    private bool HaveConverged(SimulatedNode leader)
        => Array.TrueForAll(
            _nodes,
            node => !node.IsUp
                || (node.StateMachine.AppliedIndex == leader.Core!.LastLogId.Index
                    && node.StateMachine.State == leader.StateMachine.State
                    && node.Core!.Role == (node == leader ? Role.Leader : Role.Follower)));

    private static void Demand(bool holds, string property, string detail)
    {
        if (!holds)
        {
            throw new PropertyViolationException(property, detail);
        }
    }
}
