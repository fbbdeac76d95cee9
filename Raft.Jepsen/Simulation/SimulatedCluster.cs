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
    private readonly RandomStreams _streams;
    private readonly Scheduler _scheduler;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedNode[] _nodes;
    private readonly ClusterConfiguration _configuration;
    private readonly CommittedHistory _committed = new();
    private readonly ReadFloor _readFloor;
    private readonly InvariantSet _invariants;
    private readonly EventTrace? _trace;
    private readonly IRaftTrace? _protocolTrace;
    private readonly Script? _script;
    private readonly Recording? _recording;
    private readonly long[] _occurrences;
    private readonly ulong _seed;
    private readonly long _faultsEnd;
    private readonly long _until;
    private ulong _traceHash;
    private long _steps;
    private bool _done;

    /// <summary>Makes the cluster that a seed describes.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="options">Length and mutant.</param>
    /// <param name="occurrences">Counters of the situations met, by <see cref="Occurrence"/>; shared by many runs.</param>
    /// <param name="trace">Where the last events are kept, when someone wants to read them.</param>
    /// <param name="recording">Where faults and requests are written down, when someone wants to have them again.</param>
    public SimulatedCluster(
        ulong seed, SimulationOptions options, long[] occurrences, Func<int, EventTrace>? trace = null, Recording? recording = null)
        : this(seed, PlanOf(seed), options, occurrences, trace)
    {
        _recording = recording;
    }

    /// <summary>Makes the cluster of a scenario: faults and requests are those listed, all else is drawn from its seed.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="occurrences">Counters of the situations met, by <see cref="Occurrence"/>.</param>
    /// <param name="trace">Where the last events are kept, when someone wants to read them.</param>
    public SimulatedCluster(Scenario scenario, long[] occurrences, Func<int, EventTrace>? trace = null)
        : this(scenario.Seed, scenario.Plan, scenario.Options, occurrences, trace)
    {
        _script = new Script(scenario);
        _until = scenario.Until;
        foreach (Link link in scenario.QuietLinks)
        {
            _network.Quieten(link);
        }
    }

    private SimulatedCluster(ulong seed, FaultPlan plan, SimulationOptions options, long[] occurrences, Func<int, EventTrace>? trace)
    {
        _seed = seed;
        _plan = plan;
        _mutant = options.Mutant;
        _occurrences = occurrences;
        _faultsEnd = options.Duration;
        _until = long.MaxValue;
        _streams = new RandomStreams(seed);
        _scheduler = new Scheduler(_streams.Draw(RandomPurpose.Ties));
        int founders = _plan.Voters + _plan.Learners;
        int count = _plan.Nodes;
        _nodes =
        [
            .. Enumerable.Range(0, count).Select(position => new SimulatedNode(
                position, _plan.OptionsOf(position), _streams, _committed, position >= _plan.Voters - _plan.Witnesses && position < _plan.Voters)),
        ];
        _configuration = new ClusterConfiguration(
            _nodes.Take(_plan.Voters).Select(node => node.Id),
            learners: _nodes.Take(founders).Skip(_plan.Voters).Select(node => node.Id),
            witnesses: _nodes.Where(node => node.MayBeWitness).Select(node => node.Id));
        _committed.Add(new LogImage(_committed.Chains).Append(FirstEntry()), 1);
        _readFloor = new ReadFloor(_plan.StaleReadInterval > 0);
        _network = new SimulatedNetwork(count, _scheduler, _plan, _streams, occurrences);
        object[] tallies = [new MembershipTally(_occurrences), new ElectionTally(count, occurrences), new LogTally(_committed, occurrences)];
        _invariants = options.HistoryOnly ? new InvariantSet(tallies) : new InvariantSet(_nodes, _committed, tallies);
        _historyOnly = options.HistoryOnly;
        _historySink = options.HistorySink;
        if (options.Workload is { } workload)
        {
            _time = new VirtualTime(_scheduler);
            _links = new ClientLinks(_nodes, _plan, _streams, _time, AfterInput);
            _store = new StoreRun(DrawLoad(workload), _links, _streams, _time);
        }

        _trace = trace?.Invoke(count);
        _protocolTrace = options.ProtocolTrace;
    }

    /// <summary>What a seed draws before its run.</summary>
    public static FaultPlan PlanOf(ulong seed)
        => FaultPlan.Draw(new RandomStreams(seed), everything: seed % 2 == 1);

    /// <summary>Runs to the end, or to the first property that breaks. Once only.</summary>
    public SimulationResult Run()
    {
        PropertyViolationException? failure = null;
        SynchronizationContext? context = SynchronizationContext.Current;
        try
        {
            // With one, what waits would not go on within the event that ends the wait.
            SynchronizationContext.SetSynchronizationContext(null);
            Begin();
            while (!_done && _scheduler.Now <= _until && _scheduler.TryNext(out SimulationEvent next))
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
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        var result = new SimulationResult(_seed, _steps, _scheduler.Now, _traceHash, failure);
        return _store is null ? result : Judge(result);
    }

    private void Begin()
    {
        foreach (SimulatedNode node in _nodes)
        {
            Start(node);
            long first = _streams.Open(RandomPurpose.Ticks, node.Position).Between(0, _plan.TickLength);
            _scheduler.In(first, new SimulationEvent(EventKind.Tick, node.Position, 0, 0));
        }

        BeginFaults();
        BeginOperations();
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

        TellTime(node);
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
                Operate(OperationKind.Propose, what.Argument);
                break;
            case EventKind.Read:
                Operate(OperationKind.Read, what.Argument);
                break;
            case EventKind.Change:
                Operate(OperationKind.Change, what.Argument);
                break;
            case EventKind.Fault:
                HappenFault(what.Argument);
                break;
            case EventKind.Action when node.Incarnation == what.Incarnation:
                Act(node, what.Argument);
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
            case EventKind.StaleRead:
                Operate(OperationKind.StaleRead, what.Argument);
                break;
            case EventKind.ReplaceNode:
                Replace(node);
                break;
            case EventKind.Timer:
                Fire(what.Argument);
                break;
            default:
                break;
        }

        ulong state = node.Core is { } core ? Hash.Chain(core.Term, core.CommitIndex) + (ulong)core.Role : 0;
        _traceHash = Hash.Chain(_traceHash, (ulong)_scheduler.Now ^ ((ulong)what.Kind << 56) ^ ((ulong)what.Node << 48) ^ state);
    }

    private void TellTime(SimulatedNode node) => node.Core?.AdvanceTime(_mutant.Clock(node, _scheduler.Now));

    private void Note(SimulatedNode node, string what, NodeId from = default)
        => _trace!.Add(new TracedEvent(_scheduler.Now, (int)node.Id.Value, (int)from.Value, what));

    private void Count(Occurrence occurrence) => _occurrences[(int)occurrence]++;
}
