using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Jepsen.Simulation;

// What goes wrong: by itself at random times, and at the worst moments.
internal sealed partial class SimulatedCluster
{
    private readonly List<List<(int From, int To)>> _cuts = [];
    private uint _raised;

    private void ScheduleFault(int kind)
    {
        if (_plan.FaultIntervals[kind] > 0)
        {
            _scheduler.In(_faults.Wait(_plan.FaultIntervals[kind]), new SimulationEvent(EventKind.Fault, 0, 0, kind));
        }
    }

    private void Fault(FaultKind kind)
    {
        if (_healing)
        {
            return;
        }

        ScheduleFault((int)kind);
        SimulatedNode node = _nodes[_faults.Below(_nodes.Length)];
        switch (kind)
        {
            case FaultKind.Crash:
                Crash(node);
                break;
            case FaultKind.CrashAll:
                Array.ForEach(_nodes, Crash);
                break;
            case FaultKind.DiskFailure:
                node.DiskFails = true;
                break;
            case FaultKind.Isolate:
                Isolate(node);
                break;
            case FaultKind.Split:
                Split();
                break;
            case FaultKind.Bridge:
                Bridge(node.Position);
                break;
            case FaultKind.OneWayCut:
                Cut([(node.Position, _faults.Below(_nodes.Length))]);
                break;
            case FaultKind.Pause:
                Pause(node);
                break;
            case FaultKind.SlowDisk:
                node.DiskExtra = _faults.Below(3) == 0 ? 0 : _faults.Wait(_plan.ElectionTimeout / 4);
                break;
            case FaultKind.SlowLink:
                _network.SlowDown(
                    node.Position, _faults.Below(_nodes.Length), _faults.Below(2) == 0 ? 0 : _faults.Wait(_plan.ElectionTimeout / 4));
                break;
            case FaultKind.ClockRate:
                node.TickPerMille = _faults.Below(3) == 0 ? 1000 : (int)_faults.Between(500, 2000);
                break;
            case FaultKind.Transfer:
                TransferLeadership(_faults.Below(2) == 0 ? NodeId.None : node.Id);
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
                AfterInput(node);
            }
        }
    }

    private void Crash(SimulatedNode node)
    {
        if (!node.IsUp)
        {
            return;
        }

        Count(Occurrence.Crash);
        int pending = node.Disk.PendingWrites;
        int survivors = node.DiskRandom.Below(3) switch
        {
            0 => 0,
            1 => pending,
            _ => node.DiskRandom.Below(pending + 1),
        };
        _occurrences[(int)Occurrence.CrashKeptUnsyncedWrites] += survivors;
        _occurrences[(int)Occurrence.CrashLostWrites] += pending - survivors;
        if (_trace is not null)
        {
            Note(node, $"crashes; {survivors} of {pending} writes under way survive");
        }

        if (node.SeenRole == Raft.Core.Consensus.Role.Leader)
        {
            Raise(TriggerPoint.SteppedDown);
        }

        node.Disk.Crash(survivors, _mutant);
        node.Core = null;
        node.Incarnation++;
        node.Waiting.Clear();
        LoseSnapshotWork(node);
        node.Proposals.Clear();
        node.Reads.Clear();
        node.DrainScheduled = false;
        node.DiskFails = false;
        _raised = 0;
        long downtime = _faults.Below(2) == 0 ? _faults.Between(0, 2 * _plan.TickLength) : _faults.Wait(2 * _plan.ElectionTimeout);
        _scheduler.In(downtime, new SimulationEvent(EventKind.Restart, node.Position, node.Incarnation, 0));
    }

    private void Pause(SimulatedNode node)
    {
        Count(Occurrence.Pause);
        node.PausedUntil = _scheduler.Now + _faults.Wait(2 * _plan.ElectionTimeout);
    }

    private void Isolate(SimulatedNode node)
        => Cut([.. _nodes.SelectMany(other => new[] { (node.Position, other.Position), (other.Position, node.Position) })]);

    private void Split()
    {
        bool[] left = [.. _nodes.Select(_ => _faults.Below(2) == 0)];
        Cut([.. Pairs().Where(pair => left[pair.From] != left[pair.To])]);
    }

    /// <summary>Two halves that do not see each other, and one node that sees both.</summary>
    private void Bridge(int bridge)
    {
        bool[] left = [.. _nodes.Select(_ => _faults.Below(2) == 0)];
        Cut([.. Pairs().Where(pair => left[pair.From] != left[pair.To] && pair.From != bridge && pair.To != bridge)]);
    }

    private IEnumerable<(int From, int To)> Pairs()
        => Enumerable.Range(0, _nodes.Length * _nodes.Length).Select(i => (i / _nodes.Length, i % _nodes.Length));

    private void Cut(List<(int From, int To)> links)
    {
        Count(Occurrence.Partition);
        foreach ((int from, int to) in links)
        {
            _network.Cut(from, to);
        }

        _cuts.Add(links);
        _scheduler.In(_faults.Wait(4 * _plan.ElectionTimeout), new SimulationEvent(EventKind.Reconnect, 0, 0, _cuts.Count - 1));
    }

    private void Reconnect(int cut)
    {
        if (_healing)
        {
            return;
        }

        foreach ((int from, int to) in _cuts[cut])
        {
            _network.Reconnect(from, to);
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
            if ((raised & 1) == 0 || !_triggers.Chance(_plan.TriggerChances[point]))
            {
                continue;
            }

            Count(Occurrence.TriggeredFault);
            var action = (TriggerAction)_triggers.Below(Enum.GetValues<TriggerAction>().Length);
            if (_triggers.Below(2) == 0)
            {
                _scheduler.In(
                    _triggers.Wait(_plan.LinkDelay), new SimulationEvent(EventKind.Action, node.Position, node.Incarnation, (long)action));
            }
            else
            {
                Act(node, action);
            }
        }
    }

    private void Act(SimulatedNode node, TriggerAction action)
    {
        if (_healing)
        {
            return;
        }

        switch (action)
        {
            case TriggerAction.CrashActor:
                Crash(node);
                break;
            case TriggerAction.CrashLeader:
                Crash(LeaderOf(node));
                break;
            case TriggerAction.CrashMajority:
                CrashMajority();
                break;
            case TriggerAction.IsolateActor:
                Isolate(node);
                break;
            case TriggerAction.IsolateLeader:
                Isolate(LeaderOf(node));
                break;
            case TriggerAction.MuteActor:
                Cut([.. _nodes.Select(other => (node.Position, other.Position))]);
                break;
            case TriggerAction.DeafenActor:
                Cut([.. _nodes.Select(other => (other.Position, node.Position))]);
                break;
            case TriggerAction.PauseActor:
                Pause(node);
                break;
            default:
                break;
        }
    }

    private SimulatedNode LeaderOf(SimulatedNode node)
        => node.Core is { Leader.IsNone: false } core ? _nodes[(int)core.Leader.Value - 1] : node;

    private void CrashMajority()
    {
        int first = _triggers.Below(_plan.Voters);
        for (int i = 0; i <= _plan.Voters / 2; i++)
        {
            Crash(_nodes[(first + i) % _plan.Voters]);
        }
    }
}
