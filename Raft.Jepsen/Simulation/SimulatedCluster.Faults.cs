using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Jepsen.Simulation;

// What goes wrong: by itself at random times, and at the worst moments. Each fault is drawn from a stream that only its cause names, or comes
// from a scenario; either way it ends in Strike.
internal sealed partial class SimulatedCluster
{
    private const long Kinds = 256;

    private static readonly int TriggerActions = Enum.GetValues<TriggerAction>().Length;
    private static readonly int TriggerPoints = Enum.GetValues<TriggerPoint>().Length;

    private readonly List<IReadOnlyList<Link>> _cuts = [];
    private uint _raised;

    private void BeginFaults()
    {
        if (_script is not null)
        {
            foreach ((FaultCause cause, long at) in _script.TimedFaults)
            {
                _scheduler.At(at, new SimulationEvent(EventKind.Fault, 0, 0, Pack(cause.Which, cause.Number)));
            }

            return;
        }

        for (int kind = 0; kind < _plan.FaultIntervals.Length; kind++)
        {
            ScheduleFault(kind, 0);
        }
    }

    private void ScheduleFault(int kind, long number)
    {
        if (_plan.FaultIntervals[kind] > 0)
        {
            long wait = _streams.Open(RandomPurpose.FaultTimes, kind, number).Wait(_plan.FaultIntervals[kind]);
            _scheduler.In(wait, new SimulationEvent(EventKind.Fault, 0, 0, Pack(kind, number)));
        }
    }

    private static long Pack(int kind, long number) => kind + (number * Kinds);

    private static (int Kind, long Number) Unpack(long argument) => ((int)(argument % Kinds), argument / Kinds);

    private void HappenFault(long argument)
    {
        (int kind, long number) = Unpack(argument);
        FaultCause cause = FaultCause.AtTime((FaultKind)kind, number);
        if (_healing || StrikeScripted(cause))
        {
            return;
        }

        ScheduleFault(kind, number + 1);
        DrawFault(cause, (FaultKind)kind, _streams.Open(RandomPurpose.Faults, kind, number));
    }

    private void DrawFault(FaultCause cause, FaultKind kind, RandomStream draw)
    {
        SimulatedNode node = _nodes[draw.Below(_nodes.Length)];
        var fault = new Fault { Cause = cause, Effect = FaultEffect.Crash, Node = (int)node.Id.Value };
        switch (kind)
        {
            case FaultKind.Crash:
                Strike(DrawCrash(cause, node, draw));
                break;
            case FaultKind.CrashAll:
                Array.ForEach(_nodes, each => Strike(DrawCrash(cause, each, draw)));
                break;
            case FaultKind.DiskFailure:
                Strike(DrawCrash(cause, node, draw) with { Effect = FaultEffect.FailDisk });
                break;
            case FaultKind.Isolate:
                Strike(DrawCut(cause, AllLinksOf(node), draw));
                break;
            case FaultKind.Split:
                Strike(DrawCut(cause, LinksAcross(draw, bridge: null), draw));
                break;
            case FaultKind.Bridge:
                Strike(DrawCut(cause, LinksAcross(draw, node), draw));
                break;
            case FaultKind.OneWayCut:
                Strike(DrawCut(cause, [new Link((int)node.Id.Value, 1 + draw.Below(_nodes.Length))], draw));
                break;
            case FaultKind.Pause:
                Strike(fault with { Effect = FaultEffect.Pause, Duration = draw.Wait(2 * _plan.ElectionTimeout) });
                break;
            case FaultKind.SlowDisk:
                Strike(fault with { Effect = FaultEffect.SlowDisk, Duration = draw.Below(3) == 0 ? 0 : draw.Wait(_plan.ElectionTimeout / 4) });
                break;
            case FaultKind.SlowLink:
                int peer = 1 + draw.Below(_nodes.Length);
                long delay = draw.Below(2) == 0 ? 0 : draw.Wait(_plan.ElectionTimeout / 4);
                Strike(fault with { Effect = FaultEffect.SlowLink, Peer = peer, Duration = delay });
                break;
            case FaultKind.ClockRate:
                Strike(fault with { Effect = FaultEffect.ClockRate, Amount = DrawTick(draw) });
                break;
            case FaultKind.Transfer:
                Strike(fault with { Effect = FaultEffect.Transfer, Node = draw.Below(2) == 0 ? 0 : fault.Node });
                DeafenTransferring(cause, draw);
                break;
            case FaultKind.StrandLeader:
                StrandLeader(fault, Array.Find(_nodes, other => other.IsLeader) ?? node, draw);
                break;
            case FaultKind.ReplayAcks:
                StrikeLeaders(fault with { Effect = FaultEffect.ReplayAcks });
                break;
            case FaultKind.PauseLeader:
                StrikeLeaders(fault with { Effect = FaultEffect.Pause, Duration = _plan.ElectionTimeout + draw.Wait(2 * _plan.ElectionTimeout) });
                break;
            case FaultKind.FullDisk:
                Fault full = DrawCrash(cause, node, draw) with { Effect = FaultEffect.FillDisk, Amount = draw.Below(32) };
                Strike(full with { Duration = draw.Wait(8 * _plan.ElectionTimeout) });
                break;
            case FaultKind.DamagedDisk:
                node = _nodes[draw.Below(_plan.Voters)];
                Strike(DrawCrash(cause, node, draw) with { Effect = FaultEffect.DamageDisk, Amount = draw.Below(1 << 24) });
                break;
            case FaultKind.WipedDisk:
                node = _nodes[draw.Below(_plan.Voters)];
                Strike(DrawCrash(cause, node, draw) with { Effect = FaultEffect.WipeDisk });
                break;
            default:
                break;
        }
    }

    private int DrawTick(RandomStream draw) => draw.Below(3) == 0 ? 1000 : (int)draw.Between(_plan.ShortestTick, _plan.LongestTick);

    /// <summary>A quarter of the leaders that hand over do not hear that they lead no more.</summary>
    private void DeafenTransferring(FaultCause cause, RandomStream draw)
    {
        foreach (SimulatedNode leader in _nodes.Where(node => node.Core is { TransferTarget.IsNone: false }))
        {
            if (draw.Below(4) == 0)
            {
                Strike(DrawCut(cause, LinksTo(leader), draw));
            }
        }
    }

    /// <summary>The clocks are as far apart as they may be, the leader's behind, and it is cut off: it believes to lead for the longest time there is.</summary>
    private void StrandLeader(Fault fault, SimulatedNode leader, RandomStream draw)
    {
        foreach (SimulatedNode node in _nodes)
        {
            int tick = node == leader ? _plan.LongestTick : _plan.ShortestTick;
            Strike(fault with { Effect = FaultEffect.ClockRate, Node = (int)node.Id.Value, Amount = tick });
        }

        Strike(DrawCut(fault.Cause, AllLinksOf(leader), draw));
    }

    /// <summary>The same happens to everyone who takes itself for a leader.</summary>
    private void StrikeLeaders(Fault fault)
    {
        foreach (SimulatedNode leader in _nodes.Where(node => node.IsLeader))
        {
            Strike(fault with { Node = (int)leader.Id.Value });
        }
    }

    private Fault DrawCrash(FaultCause cause, SimulatedNode node, RandomStream draw) => new()
    {
        Cause = cause,
        Effect = FaultEffect.Crash,
        Node = (int)node.Id.Value,
        Survivors = draw.Below(3) switch { 0 => 0, 1 => 1000, _ => draw.Below(1000) },
        Duration = draw.Below(2) == 0 ? draw.Between(0, 2 * _plan.TickLength) : draw.Wait(2 * _plan.ElectionTimeout),
    };

    private Fault DrawCut(FaultCause cause, IEnumerable<Link> links, RandomStream draw)
        => new() { Cause = cause, Effect = FaultEffect.Cut, Links = [.. links], Duration = draw.Wait(4 * _plan.ElectionTimeout) };

    private IEnumerable<Link> AllLinksOf(SimulatedNode node) => LinksFrom(node).Concat(LinksTo(node));

    private IEnumerable<Link> LinksFrom(SimulatedNode node)
        => _nodes.Where(other => other != node).Select(other => new Link((int)node.Id.Value, (int)other.Id.Value));

    private IEnumerable<Link> LinksTo(SimulatedNode node)
        => _nodes.Where(other => other != node).Select(other => new Link((int)other.Id.Value, (int)node.Id.Value));

    /// <summary>The links between two random halves, but for those of a bridge that sees both.</summary>
    private List<Link> LinksAcross(RandomStream draw, SimulatedNode? bridge)
    {
        bool[] left = [.. _nodes.Select(_ => draw.Below(2) == 0)];
        return
        [
            .. from one in _nodes
               from other in _nodes
               where left[one.Position] != left[other.Position] && one != bridge && other != bridge
               select new Link((int)one.Id.Value, (int)other.Id.Value),
        ];
    }

    /// <summary>What a scenario has for a cause comes; false when there is no scenario and the cause is to be drawn for.</summary>
    private bool StrikeScripted(FaultCause cause)
    {
        if (_script is null)
        {
            return false;
        }

        foreach (Fault fault in _script.FaultsOf(cause))
        {
            Strike(fault);
        }

        return true;
    }

    /// <summary>Carries a fault out, and writes it down when it changes anything.</summary>
    private void Strike(Fault fault)
    {
        SimulatedNode node = _nodes[Math.Max(0, fault.Node - 1)];
        if ((fault.Effect == FaultEffect.Crash && !node.IsUp) || (IsLossOfDisk(fault) && !MayLoseDisk(node)))
        {
            return;
        }

        _recording?.Faults.Add(fault with { At = _scheduler.Now });
        switch (fault.Effect)
        {
            case FaultEffect.Crash:
                Crash(node, fault);
                break;
            case FaultEffect.FailDisk:
                node.DiskFault = fault;
                break;
            case FaultEffect.Cut:
                Cut(fault.Links, fault.Duration);
                break;
            case FaultEffect.Pause:
                Count(Occurrence.Pause);
                node.PausedUntil = _scheduler.Now + fault.Duration;
                break;
            case FaultEffect.SlowDisk:
                Count(Occurrence.SlowDisk);
                node.DiskExtra = fault.Duration;
                break;
            case FaultEffect.SlowLink:
                Count(Occurrence.SlowLink);
                _network.SlowDown(node.Position, fault.Peer - 1, fault.Duration);
                break;
            case FaultEffect.ClockRate:
                Count(Occurrence.ClockRateChanged);
                node.ChangeClockRate(_scheduler.Now, Math.Clamp(fault.Amount, _plan.ShortestTick, _plan.LongestTick));
                break;
            case FaultEffect.Transfer:
                TransferLeadership(fault.Node == 0 ? NodeId.None : node.Id);
                break;
            case FaultEffect.ReplayAcks:
                ReplayAcks(node);
                break;
            case FaultEffect.StayDown:
                Crash(node, fault);
                node.StaysDown = true;
                break;
            case FaultEffect.FillDisk:
                Fill(node, fault);
                break;
            case FaultEffect.DamageDisk or FaultEffect.WipeDisk:
                LoseDisk(node, fault);
                break;
            default:
                break;
        }
    }

    /// <summary>Whoever believes to lead is told to hand over.</summary>
    private void TransferLeadership(NodeId target)
    {
        foreach (SimulatedNode node in _nodes)
        {
            if (node.IsUp && node.PausedUntil <= _scheduler.Now && node.Core!.TransferLeadership(target) == TransferStatus.Started)
            {
                Count(Occurrence.TransferStarted);
                Raise(TriggerPoint.TransferStarted);
                AfterInput(node);
            }
        }
    }

    /// <summary>Acknowledgements that were sent to the node in earlier terms arrive now, once more or at last.</summary>
    private void ReplayAcks(SimulatedNode node)
    {
        if (node.Core is { } core)
        {
            _network.ReplayAcks(node.Position, core.Term);
        }
    }

    private void Crash(SimulatedNode node, Fault fault)
    {
        if (!node.IsUp)
        {
            return;
        }

        Count(Occurrence.Crash);
        int pending = node.Disk.PendingWrites;
        int survivors = Math.Min(pending, (pending + 1) * fault.Survivors / 1000);
        _occurrences[(int)Occurrence.CrashKeptUnsyncedWrites] += survivors;
        _occurrences[(int)Occurrence.CrashLostWrites] += pending - survivors;
        _occurrences[(int)Occurrence.CrashTornBetweenWrites] += survivors > 0 && survivors < pending ? 1 : 0;
        if (_trace is not null)
        {
            Note(node, $"crashes; {survivors} of {pending} writes under way survive");
        }

        node.Disk.Crash(survivors, _mutant);
        node.Core = null;
        node.Incarnation++;
        node.Waiting.Clear();
        node.HandedOut.Clear();
        LoseSnapshotWork(node);
        node.Proposals.Clear();
        node.Reads.Clear();
        node.ReadsToServe.Clear();
        node.StaleReads.Clear();
        _links?.Break(node);
        node.DrainScheduled = false;
        node.DiskFault = null;
        _raised = 0;
        _scheduler.In(fault.Duration, new SimulationEvent(EventKind.Restart, node.Position, node.Incarnation, 0));
    }

    private void Cut(IReadOnlyList<Link> links, long duration)
    {
        Count(Occurrence.Partition);
        foreach (Link link in links)
        {
            _network.Cut(link);
        }

        _cuts.Add(links);
        _scheduler.In(duration, new SimulationEvent(EventKind.Reconnect, 0, 0, _cuts.Count - 1));
    }

    private void Reconnect(int cut)
    {
        if (_healing)
        {
            return;
        }

        foreach (Link link in _cuts[cut])
        {
            _network.Reconnect(link);
        }
    }

    private void Raise(TriggerPoint point) => _raised |= 1U << (int)point;

    /// <summary>Faults that the moment calls for come now, or a little later, when the messages of the moment are under way.</summary>
    private void FireTriggers(SimulatedNode node)
    {
        uint raised = _raised;
        _raised = 0;
        for (int point = 0; raised != 0 && !_healing; point++, raised >>= 1)
        {
            if ((raised & 1) != 0)
            {
                FireTrigger(node, point, node.Moments[point]++);
            }
        }
    }

    private void FireTrigger(SimulatedNode node, int point, long number)
    {
        long delay;
        if (_script is not null)
        {
            if (_script.FaultsOf(FaultCause.AtMoment((TriggerPoint)point, node, number)) is not [var first, ..])
            {
                return;
            }

            delay = first.Delay;
        }
        else if (_streams.Chance(_plan.TriggerChances[point], RandomPurpose.Triggers, PlaceOf(node, point), number))
        {
            Count(Occurrence.TriggeredFault);
            delay = DrawDelay(_streams.Open(RandomPurpose.TriggeredFaults, PlaceOf(node, point), number));
        }
        else
        {
            return;
        }

        long argument = Pack(point, number);
        if (delay > 0)
        {
            _scheduler.In(delay, new SimulationEvent(EventKind.Action, node.Position, node.Incarnation, argument));
        }
        else
        {
            Act(node, argument);
        }
    }

    private long DrawDelay(RandomStream draw) => draw.Below(2) == 0 ? draw.Wait(_plan.LinkDelay) : 0;

    private static int PlaceOf(SimulatedNode node, int point) => (node.Position * TriggerPoints) + point;

    private void Act(SimulatedNode node, long argument)
    {
        (int point, long number) = Unpack(argument);
        FaultCause cause = FaultCause.AtMoment((TriggerPoint)point, node, number);
        if (_healing || StrikeScripted(cause))
        {
            return;
        }

        RandomStream draw = _streams.Open(RandomPurpose.TriggeredFaults, PlaceOf(node, point), number);
        long delay = DrawDelay(draw);
        foreach (Fault fault in DrawAction(cause, node, (TriggerAction)draw.Below(TriggerActions), draw))
        {
            Strike(fault with { Delay = delay });
        }
    }

    private Fault[] DrawAction(FaultCause cause, SimulatedNode node, TriggerAction action, RandomStream draw)
    {
        var fault = new Fault { Cause = cause, Effect = FaultEffect.Pause, Node = (int)node.Id.Value };
        return action switch
        {
            TriggerAction.CrashActor => [DrawCrash(cause, node, draw)],
            TriggerAction.CrashLeader => [DrawCrash(cause, LeaderOf(node), draw)],
            TriggerAction.CrashMajority => DrawMajorityCrash(cause, draw),
            TriggerAction.IsolateActor => [DrawCut(cause, AllLinksOf(node), draw)],
            TriggerAction.IsolateLeader => [DrawCut(cause, AllLinksOf(LeaderOf(node)), draw)],
            TriggerAction.MuteActor => [DrawCut(cause, LinksFrom(node), draw)],
            TriggerAction.DeafenActor => [DrawCut(cause, LinksTo(node), draw)],
            TriggerAction.PauseActor => [fault with { Duration = draw.Wait(2 * _plan.ElectionTimeout) }],
            _ => [fault with { Effect = FaultEffect.ReplayAcks }],
        };
    }

    private Fault[] DrawMajorityCrash(FaultCause cause, RandomStream draw)
    {
        int first = draw.Below(_plan.Voters);
        return [.. Enumerable.Range(first, (_plan.Voters / 2) + 1).Select(i => DrawCrash(cause, _nodes[i % _plan.Voters], draw))];
    }

    private SimulatedNode LeaderOf(SimulatedNode node)
        => node.Core is { Leader.IsNone: false } core ? _nodes[(int)core.Leader.Value - 1] : node;

    /// <summary>The crash that comes between the effects of a node's next Ready, or <c>null</c>.</summary>
    private Fault? CrashInReady(SimulatedNode node)
    {
        long number = node.Readies++;
        if (_healing)
        {
            return null;
        }

        if (_script is not null)
        {
            return _script.FaultsOf(FaultCause.InReady(node, number)) is [var fault, ..] ? fault : null;
        }

        if (!_streams.Chance(_plan.CrashInReady, RandomPurpose.ReadyCrashes, node.Position, number))
        {
            return null;
        }

        RandomStream draw = _streams.Open(RandomPurpose.ReadyCrashFaults, node.Position, number);
        int effects = draw.Below(node.Ready.Messages.Count + 3);
        return DrawCrash(FaultCause.InReady(node, number), node, draw) with { Amount = effects };
    }

    /// <summary>Whether a node never comes back after the faults.</summary>
    private bool DrawsToStayDown(SimulatedNode node)
    {
        FaultCause cause = FaultCause.AtEnd(node);
        if (_script is not null)
        {
            return StrikeScripted(cause) && node.StaysDown;
        }

        RandomStream draw = _streams.Open(RandomPurpose.End, node.Position);
        if (draw.Below(4) == 0)
        {
            Strike(DrawCrash(cause, node, draw) with { Effect = FaultEffect.StayDown });
        }

        return node.StaysDown;
    }
}
