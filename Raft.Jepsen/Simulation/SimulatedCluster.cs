using Raft.Core;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Jepsen.Invariants;
using Raft.Jepsen.Mutants;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// One run of a whole cluster in one thread and virtual time. The seed decides everything, so the same seed gives the same run on any
/// machine.
/// </summary>
internal sealed partial class SimulatedCluster
{
    private readonly FaultPlan _plan;
    private readonly Mutant _mutant;
    private readonly Scheduler _scheduler;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedNode[] _nodes;
    private readonly ClusterConfiguration _configuration;
    private readonly CommittedHistory _committed = new();
    private readonly InvariantSet _invariants;
    private readonly EventTrace? _trace;
    private readonly IRaftTrace? _protocolTrace;
    private readonly long[] _occurrences;
    private readonly long _faultsEnd;
    private readonly RandomStream _clients;
    private readonly RandomStream _faults;
    private readonly RandomStream _triggers;
    private ulong _traceHash;
    private long _steps;
    private bool _done;

    /// <summary>Makes the cluster that a seed describes.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="options">Length and mutant.</param>
    /// <param name="occurrences">Counters of the situations met, by <see cref="Occurrence"/>; shared by many runs.</param>
    /// <param name="trace">Where the last events are kept, when someone wants to read them.</param>
    public SimulatedCluster(ulong seed, SimulationOptions options, long[] occurrences, Func<int, EventTrace>? trace = null)
    {
        var streams = new RandomStreams(seed);
        _plan = FaultPlan.Draw(streams.Open(RandomPurpose.Setup), everything: seed % 2 == 1);
        _mutant = options.Mutant;
        _occurrences = occurrences;
        _faultsEnd = options.Duration;
        _clients = streams.Open(RandomPurpose.Clients);
        _faults = streams.Open(RandomPurpose.Faults);
        _triggers = streams.Open(RandomPurpose.Triggers);
        _scheduler = new Scheduler(streams.Open(RandomPurpose.Ties));
        int count = _plan.Voters + _plan.Learners;
        _nodes = [.. Enumerable.Range(0, count).Select(position => new SimulatedNode(position, streams, _committed))];
        _configuration = new ClusterConfiguration(
            _nodes.Take(_plan.Voters).Select(node => node.Id),
            learners: _nodes.Skip(_plan.Voters).Select(node => node.Id));
        _network = new SimulatedNetwork(count, _scheduler, _plan, streams, occurrences);
        _invariants = new InvariantSet(_nodes, _committed);
        _trace = trace?.Invoke(count);
        _protocolTrace = options.ProtocolTrace;
    }

    public SimulationResult Run(ulong seed)
    {
        PropertyViolationException? failure = null;
        try
        {
            Begin();
            while (!_done && _scheduler.TryNext(out SimulationEvent next))
            {
                _steps++;
                Happen(next);
            }
        }
        catch (PropertyViolationException violation)
        {
            failure = violation;
        }
        catch (RaftInvariantException violation)
        {
            failure = new PropertyViolationException("assertion of the core", violation.Message);
        }

        return new SimulationResult(seed, _steps, _scheduler.Now, _traceHash, failure);
    }

    private void Begin()
    {
        foreach (SimulatedNode node in _nodes)
        {
            Start(node);
            _scheduler.In(_faults.Between(0, _plan.TickLength), new SimulationEvent(EventKind.Tick, node.Position, 0, 0));
        }

        for (int kind = 0; kind < _plan.FaultIntervals.Length; kind++)
        {
            ScheduleFault(kind);
        }

        _scheduler.In(_plan.ProposeInterval, new SimulationEvent(EventKind.Propose, 0, 0, 0));
        _scheduler.In(_plan.ReadInterval, new SimulationEvent(EventKind.Read, 0, 0, 0));
        _scheduler.At(_faultsEnd, new SimulationEvent(EventKind.Heal, 0, 0, 0));
    }

    private void Happen(in SimulationEvent what)
    {
        SimulatedNode node = _nodes[what.Node];
        if (node.PausedUntil > _scheduler.Now && what.Kind <= EventKind.Drain)
        {
            _scheduler.At(Math.Min(node.PausedUntil, _scheduler.Now + _plan.ElectionTimeout), what);
            return;
        }

        switch (what.Kind)
        {
            case EventKind.Tick:
                Tick(node);
                break;
            case EventKind.Deliver:
                Deliver(node, _network.Take(what.Argument));
                break;
            case EventKind.Persisted when node.Incarnation == what.Incarnation:
                Persisted(node, (ulong)what.Argument);
                break;
            case EventKind.SnapshotSaved when node.Incarnation == what.Incarnation:
                SnapshotSaved(node);
                break;
            case EventKind.ChunkWritten when node.Incarnation == what.Incarnation:
                ChunkWritten(node);
                break;
            case EventKind.Drain when node.Incarnation == what.Incarnation:
                node.DrainScheduled = false;
                Drain(node);
                break;
            case EventKind.Propose:
                ProposeSomewhere();
                break;
            case EventKind.Read:
                ReadSomewhere();
                break;
            case EventKind.Fault:
                Fault((FaultKind)what.Argument);
                break;
            case EventKind.Action when node.Incarnation == what.Incarnation:
                Act(node, (TriggerAction)what.Argument);
                break;
            case EventKind.Restart when node.Incarnation == what.Incarnation:
                Start(node);
                break;
            case EventKind.Reconnect:
                Reconnect((int)what.Argument);
                break;
            case EventKind.Heal:
                Heal();
                break;
            case EventKind.LivenessCheck:
                CheckLiveness();
                break;
            default:
                break;
        }

        ulong state = node.Core is { } core ? Hash.Chain(core.Term, core.CommitIndex) + (ulong)core.Role : 0;
        _traceHash = Hash.Chain(_traceHash, (ulong)_scheduler.Now ^ ((ulong)what.Kind << 56) ^ ((ulong)what.Node << 48) ^ state);
    }

    private void Note(SimulatedNode node, string what) => _trace!.Add(node.Position, _scheduler.Now, what);

    private void Count(Occurrence occurrence) => _occurrences[(int)occurrence]++;
}
