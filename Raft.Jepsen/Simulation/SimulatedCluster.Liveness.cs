using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Jepsen.Simulation;

// After the faults: a core majority must elect a leader, commit, and come to one state.
internal sealed partial class SimulatedCluster
{
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
    private long _idleSince;
    private long _sentBefore;
    private bool _linkStaysCut;
    private int _probesCommitted;

    /// <summary>Links, disks and clocks are sound from now on. A random majority is up, the rest is up too or dead for good.</summary>
    private void Heal()
    {
        _healing = true;
        _healedAt = _scheduler.Now;
        _network.Heal();
        _links?.Heal();
        _store?.Stop();
        _linkStaysCut = CutForGood();
        bool isFixed = _plan is { ChangeInterval: 0, Witnesses: 0, Spares: 0 };
        int mayStayDown = _linkStaysCut || !isFixed ? 0 : _plan.LosableDisks - _lostDisks;
        foreach (SimulatedNode node in _nodes)
        {
            node.ChangeClockRate(_scheduler.Now, 1000);
            node.DiskExtra = 0;
            node.DiskFault = null;
            node.RoomAt = 0;
            node.PausedUntil = 0;
            if (mayStayDown > 0 && !HasLostDisk(node) && DrawsToStayDown(node))
            {
                mayStayDown--;
            }
            else
            {
                Start(node);
            }
        }

        _backlog = _nodes.Max(node => node.Disk.Issued.LastIndex);
        _scheduler.In(_plan.ElectionTimeout, new SimulationEvent(EventKind.LivenessCheck, 0, 0, 0));
    }

    /// <summary>
    /// One direction of one link may stay cut, where pre-vote and check-quorum are on and enough nodes are left. Then all nodes are up and none has
    /// lost its disk, so that this is the only fault.
    /// </summary>
    private bool CutForGood()
    {
        if (!_plan.LinkStaysCut || !_plan.Options.PreVote || !_plan.Options.CheckQuorum || _plan.Voters < 3 || _plan.ChangeInterval > 0 || _lostDisks > 0)
        {
            return false;
        }

        RandomStream draw = _streams.Open(RandomPurpose.LastingCut);
        int from = 1 + draw.Below(_plan.Voters);
        int to = 1 + ((from - 1 + 1 + draw.Below(_plan.Voters - 1)) % _plan.Voters);
        Count(Occurrence.LinkStaysCut);
        _network.Cut(new Link(from, to));
        return true;
    }

    /// <summary>
    /// Election timeouts until there must be a leader. Without pre-vote a node that can't win may spoil the term of the only one that can, again and again by bad
    /// luck: where every vote is needed, one run in a million takes more than ten.
    /// </summary>
    private int LeaderWithin => _plan.Options.PreVote ? 10 : 20 + Patience;

    /// <summary>
    /// Election timeouts granted on top where nodes that missed changes of the membership may raise the term without being able to win. They do not call a candidate
    /// that they take for no member, so it hears of their terms only by refusals of its own, and must then campaign again before the next of them does. With two
    /// such nodes that takes 20 election timeouts on average, and its tail is that of a geometric distribution: of 81 draws the longest took 85.
    /// </summary>
    private int Patience => MayBeDisturbed && !_plan.Options.PreVote ? 400 : 0;

    /// <summary>Looks once an election timeout.</summary>
    private void CheckLiveness()
    {
        if (_store is { Reads: true })
        {
            return;
        }

        _scheduler.In(_plan.ElectionTimeout, new SimulationEvent(EventKind.LivenessCheck, 0, 0, 0));
        long timeouts = (_scheduler.Now - _healedAt) / _plan.ElectionTimeout;
        SimulatedNode? leader = AgreedLeader();
        if (_linkStaysCut)
        {
            CheckCommitsInSpiteOfCut(leader, timeouts);
            return;
        }

        if (!_leaderSeen)
        {
            Demand(
                leader is not null || timeouts < LeaderWithin,
                "L1 a leader",
                $"no leader {timeouts} election timeouts after the faults");
            _leaderSeen = leader is not null;
        }

        Probe(leader);
        Demand(
            (_probe > 0 && _committed.LastIndex >= _probe) || timeouts < CommitWithin + Patience + BacklogTimeouts,
            "L2 a commit",
            $"a new command is not committed {timeouts} election timeouts after the faults");
        bool converged = leader is not null && _committed.LastIndex >= _probe && HaveConverged(leader);
        Demand(
            converged || timeouts < CommitWithin + Patience + BacklogTimeouts,
            "L3 one state",
            $"the nodes differ {timeouts} election timeouts after the faults");
        if (converged && _store is null or { HasEnded: true })
        {
            CheckQuiet(leader!);
        }
    }

    /// <summary>Proposes a command, once for each leader, until one is committed.</summary>
    private void Probe(SimulatedNode? leader)
    {
        if (leader is not null && (_probe == 0 || (_probeTerm < leader.Core!.Term && _committed.LastIndex < _probe)))
        {
            leader.Core!.Propose(NewValue(), forward: false, out Raft.Core.Log.LogId id);
            RequestRead(leader, byLease: false);
            _probe = id.Index;
            _probeTerm = id.Term;
            AfterInput(leader);
        }
    }

    /// <summary>L9: with one direction of one link cut for good, command after command is committed.</summary>
    private void CheckCommitsInSpiteOfCut(SimulatedNode? leader, long timeouts)
    {
        if (_probe > 0 && _committed.LastIndex >= _probe)
        {
            _probe = 0;
            if (++_probesCommitted >= QuietTimeouts && _store is null or { HasEnded: true })
            {
                End();
                return;
            }
        }

        Probe(leader);
        Demand(
            timeouts < (CommitWithin * (1 + _probesCommitted)) + BacklogTimeouts,
            "L9 commits in spite of a cut link",
            $"{_probesCommitted} commands are committed {timeouts} election timeouts after the faults");
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

    /// <summary>Without pre-vote and check-quorum a node that the cluster does not know any more may raise the term as often as it likes.</summary>
    private bool MayBeDisturbed => (_plan.ChangeInterval > 0 || _plan.Spares > 0) && !(_plan.Options.PreVote && _plan.Options.CheckQuorum);

    /// <summary>L4: once all is well, nobody starts an election; L8: every read and proposal has ended.</summary>
    private void CheckQuiet(SimulatedNode leader)
    {
        if (_convergedAt == 0)
        {
            _convergedAt = _scheduler.Now;
            _convergedTerm = leader.Core!.Term;
        }

        if (_idleSince == 0 && _scheduler.Now >= _convergedAt + _plan.ElectionTimeout)
        {
            _idleSince = _scheduler.Now;
            _sentBefore = _network.Sent;
        }

        Demand(
            leader.Core!.Term == _convergedTerm || MayBeDisturbed,
            "L4 no needless election",
            $"term {leader.Core.Term} follows {_convergedTerm} in a sound cluster");
        if (_scheduler.Now - _convergedAt < QuietTimeouts * _plan.ElectionTimeout)
        {
            return;
        }

        CheckTraffic();
        foreach (SimulatedNode node in _nodes)
        {
            int reads = node.Reads.Count + node.ReadsToServe.Count + node.StaleReads.Count;
            Demand(
                reads == 0 && node.Proposals.Count == 0,
                "L8 every call ends",
                $"node {node.Id} still owes {reads} reads and {node.Proposals.Count} proposals an answer");
        }

        End();
    }

    /// <summary>Clients of a workload read every key once more.</summary>
    private void End()
    {
        _done = _store is null;
        _store?.BeginFinalReads();
    }

    /// <summary>
    /// L5: an idle cluster sends a heartbeat to each node, and each answers. What is said while a leader hears that all have what it has counts as work, and has
    /// an election timeout to end.
    /// </summary>
    private void CheckTraffic()
    {
        long heartbeats = 1 + ((_scheduler.Now - _idleSince) / (_plan.Options.HeartbeatTicks * _plan.TickLength));
        long most = 2 * (_nodes.Length - 1) * heartbeats;
        long sent = _network.Sent - _sentBefore;
        Demand(sent <= most || MayBeDisturbed, "L5 idle traffic", $"{sent} messages in {heartbeats} heartbeats of an idle cluster of {_nodes.Length} nodes");
    }

    private SimulatedNode? AgreedLeader()
    {
        SimulatedNode? leader = Array.Find(
            _nodes,
            node => node.IsLeader && Array.TrueForAll(_nodes, other => !other.IsLeader || other.Core!.Term <= node.Core!.Term));
        return leader is not null && IsQuorum(leader.Core!.Configuration, node => node.Core?.Leader == leader.Id && node.Core.Term == leader.Core.Term)
            ? leader
            : null;
    }

    /// <summary>
    /// All members agree, no change of the membership is under way (L7), and no node on its way out is fed any more. Who is no member may be anywhere.
    /// </summary>
    private bool HaveConverged(SimulatedNode leader)
        => !leader.Core!.Configuration.IsJoint && leader.Core.IsConfigurationCommitted && FeedsMembersOnly(leader.Core) && Array.TrueForAll(
            _nodes,
            node => !node.IsUp
                || !leader.Core.Configuration.Contains(node.Id)
                || (node.StateMachine.AppliedIndex == leader.Core.LastLogId.Index
                    && (node.StateMachine.State == leader.StateMachine.State || node.StateMachine.IsPartial)
                    && node.Core!.Role == (node == leader ? Role.Leader : Role.Follower)));

    private static bool FeedsMembersOnly(RaftCore leader)
    {
        var fed = new List<NodeId>();
        leader.VisitProgress(fed, static (list, peer, _, _, _) => list.Add(peer));
        return fed.TrueForAll(leader.Configuration.Contains);
    }

    private static void Demand(bool holds, string property, string detail)
    {
        if (!holds)
        {
            throw new PropertyViolationException(property, detail);
        }
    }
}
