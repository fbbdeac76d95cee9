using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Replication;
using Raft.Core.Storage;

namespace Raft.Core.Consensus;

/// <summary>
/// The Raft protocol as a function: inputs change the state and gather work, which <see cref="TakeReady"/> hands out. It does no I/O but reading old
/// entries through <see cref="IRaftLogReader"/>, has no clock, no threads and no randomness but its seed, so the same inputs give the
/// same outputs bit for bit. Not thread-safe: one thread at a time.
/// </summary>
/// <remarks>
/// The driver's duties, in any order and at any pace: call <see cref="Tick"/> regularly; give every arriving message to <see cref="Step"/>; after inputs, take
/// the <see cref="Ready"/>, give its write to the storage and call <see cref="OnPersisted"/> when it is durable; send each message once the write it
/// waits for is durable; apply entries up to <see cref="Ready.ApplicableIndex"/>. What gathers between two calls of <see cref="TakeReady"/> becomes one
/// write and one message a peer, so batches grow by themselves under load.
/// </remarks>
public sealed partial class RaftCore
{
    private readonly RaftOptions _options;
    private readonly ConsensusRules _rules;
    private readonly RaftLog _log;
    private readonly ElectionTimer _timer;
    private List<OutboundMessage> _outbox = [];

    // A list and not a tree, because walking a tree allocates.
    private readonly SortedList<NodeId, Progress> _progress = [];

    private HardState _writtenState;
    private ulong _lastSequence;
    private ulong _persistedSequence;
    private ulong _termWrite;

    /// <summary>Creates the core of a node that starts as a follower.</summary>
    /// <param name="id">This node.</param>
    /// <param name="configuration">In force where neither the log nor a snapshot names a configuration; empty for a node that shall join or found a cluster.</param>
    /// <param name="options">Timing and limits.</param>
    /// <param name="recovered">What the node's storage held.</param>
    /// <param name="reader">Reads entries that are no longer in memory.</param>
    /// <param name="seed">Seed of the election timeouts; should differ from node to node and from start to start.</param>
    /// <param name="trace">Hears of every protocol event; <c>null</c> for nobody.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its bounds.</exception>
    /// <exception cref="StorageCorruptedException">A recovered configuration can't be read.</exception>
    public RaftCore(
        NodeId id,
        ClusterConfiguration configuration,
        RaftOptions options,
        RecoveredState recovered,
        IRaftLogReader reader,
        ulong seed,
        IRaftTrace? trace = null)
        : this(id, configuration, options, recovered, reader, seed, trace, ConsensusRules.Proven)
    {
    }

    /// <summary>Creates a core that goes by other rules, to show what they are good for.</summary>
    internal RaftCore(
        NodeId id,
        ClusterConfiguration configuration,
        RaftOptions options,
        RecoveredState recovered,
        IRaftLogReader reader,
        ulong seed,
        IRaftTrace? trace,
        ConsensusRules rules)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(recovered);
        options.Validate();
        Id = id;
        _options = options;
        _rules = rules;
        _log = new RaftLog(recovered, reader);
        _configurations = new ConfigurationHistory(configuration, recovered, _log.CommitIndex);
        _timer = new ElectionTimer(options.ElectionTicks, seed);
        _askOffset = ElectionTimer.Mix(~seed) >> 2;
        _writtenState = recovered.HardState;
        Term = recovered.HardState.Term;
        VotedFor = recovered.HardState.VotedFor;
        RaftInvariantException.Require(_log.LastId.Term <= Term, "the term is at least that of the last entry");
        _trace = trace;
        _trace?.OnEvent(this, RaftTraceEvent.InitState);
    }

    /// <summary>This node.</summary>
    public NodeId Id { get; }

    /// <summary>The node's role.</summary>
    public Role Role { get; private set; }

    /// <summary>Latest term the node has seen.</summary>
    public ulong Term { get; private set; }

    /// <summary>Who got the node's vote in <see cref="Term"/>.</summary>
    public NodeId VotedFor { get; private set; }

    /// <summary>The leader of <see cref="Term"/>, as far as known.</summary>
    public NodeId Leader { get; private set; }

    /// <summary>The last entry of the log.</summary>
    public LogId LastLogId => _log.LastId;

    /// <summary>Highest index known to be committed.</summary>
    public ulong CommitIndex => _log.CommitIndex;

    /// <summary>Highest index up to which this node's log is durable.</summary>
    public ulong StableIndex => _log.StableIndex;

    /// <summary>Term of an entry of the log, or <c>null</c> when it is compacted away or does not exist.</summary>
    public ulong? TermAt(ulong index) => _log.TermAt(index);

    /// <summary>Visits what a leader knows of the other members, in ascending order of id; nothing on others.</summary>
    public void VisitProgress<TState>(TState state, Action<TState, NodeId, ulong, ulong, ProgressState> visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        foreach ((NodeId peer, Progress progress) in _progress)
        {
            visit(state, peer, progress.Match, progress.Next, progress.State);
        }
    }

    /// <summary>
    /// Entries up to <see cref="Ready.ApplicableIndex"/> from <paramref name="from"/> on, as far as they are in memory in one piece; empty when
    /// <paramref name="from"/> is not, and must be read from the storage.
    /// </summary>
    public ReadOnlyMemory<Entry> CachedEntries(ulong from, ulong to)
        => from >= _log.CachedFrom && from <= to && to <= _log.LastIndex ? _log.Slice(from, to, long.MaxValue, out _) : default;

    /// <summary>One tick of time has passed.</summary>
    public void Tick()
    {
        _timer.Tick();
        if (Role == Role.Leader)
        {
            TickLeader();
        }
        else
        {
            TickFollower();
        }
    }

    /// <summary>
    /// Every write up to <paramref name="sequence"/> is durable. Only now does a leader count itself among those who have the entries, and a candidate its
    /// own vote.
    /// </summary>
    public void OnPersisted(ulong sequence)
    {
        RaftInvariantException.Require(sequence <= _lastSequence, "no write is durable before it was made");
        _persistedSequence = Math.Max(_persistedSequence, sequence);
        ulong stableBefore = _log.StableIndex;
        _log.OnPersisted(sequence);
        CountOwnVote();
        if (Role == Role.Leader)
        {
            TraceStable(stableBefore);
            AdvanceCommit();
        }
    }

    /// <summary>
    /// The driver, the storage and the receivers of messages look no more at any entries or lists that were handed out with the <see cref="Ready"/> of that
    /// number or an earlier one, or by <see cref="CachedEntries"/> before the next one. Their memory is then used again, and a steady stream of commands allocates
    /// nothing. Never needed: without it that memory is left to the garbage collector.
    /// </summary>
    public void Release(ulong readyNumber)
    {
        RaftInvariantException.Require(readyNumber <= _log.HandedOut, "only what was handed out is released");
        _log.Release(readyNumber);
    }

    /// <summary>Fills <paramref name="ready"/> with all work that has gathered. Returns false when there is none.</summary>
    public bool TakeReady(Ready ready)
    {
        ArgumentNullException.ThrowIfNull(ready);
        ready.Clear();
        ready.Number = ++_log.HandedOut;
        if (Role == Role.Leader)
        {
            ReplicateToAll();
        }
        else
        {
            AskForReads();
        }

        StepDownIfRemoved();
        TakeReads(ready);
        TakeWrite(ready);
        (ready.MessageList, _outbox) = (_outbox, ready.MessageList);
        TakeSnapshotWork(ready);
        ulong applicable = _restore is null ? Math.Min(_log.CommitIndex, _log.StableIndex) : 0;
        bool news = applicable > ready.ApplicableIndex;
        ready.ApplicableIndex = Math.Max(ready.ApplicableIndex, applicable);
        _log.Evict(_options.LogCacheBytes);
        bool isWork = news || ready.Write is not null || ready.Messages.Count > 0 || ready.Reads.Count > 0 || ready.FailedReads.Count > 0
            || ready.Restore is not null || ready.ChunksToSend.Count > 0 || ready.ChunksReceived.Count > 0;
        if (isWork)
        {
            _trace?.OnEvent(this, RaftTraceEvent.Ready);
        }

        return isWork;
    }

    /// <summary>A term or a vote must be durable before the promises that follow from it; a commit index alone can wait for the next write.</summary>
    private void TakeWrite(Ready ready)
    {
        var state = new HardState(Term, VotedFor, _log.CommitIndex);
        bool mustWrite = state.Term != _writtenState.Term || state.VotedFor != _writtenState.VotedFor || _log.HasUnwritten;
        if (!mustWrite)
        {
            return;
        }

        _lastSequence++;
        _termWrite = state.Term != _writtenState.Term ? _lastSequence : _termWrite;
        _writtenState = state;
        _restoreWrite = _restore is not null && _log.HasUnwrittenSnapshot ? _lastSequence : _restoreWrite;
        ready.Write = _log.TakeUnwritten(_lastSequence, state);
    }

    private bool HasUnwrittenState => Term != _writtenState.Term || VotedFor != _writtenState.VotedFor || _log.HasUnwritten;

    /// <summary>Sends a message that promises nothing.</summary>
    private void Send(in Message message) => SendAfter(0, message);

    /// <summary>Sends a message that holds only if this node remembers all it has done so far.</summary>
    private void SendPromise(in Message message) => SendAfter(HasUnwrittenState ? _lastSequence + 1 : _lastSequence, message);

    /// <summary>
    /// Sends a message that holds only if this node remembers its term. It does not wait for entries that are on their way to a slow disk: a leader
    /// shall not take a slow follower for a dead one, and reads shall not wait for writes.
    /// </summary>
    private void SendTermPromise(in Message message) => SendAfter(Term != _writtenState.Term ? _lastSequence + 1 : _termWrite, message);

    private void SendAfter(ulong write, in Message message)
    {
        _outbox.Add(new OutboundMessage(message, write > _persistedSequence ? write : 0));
        _trace?.OnSend(this, message);
    }

    /// <summary>
    /// Enters a term. Promises of the old one that still wait for the coming write are dropped: that write holds the new state, and may no longer hold
    /// what they promised.
    /// </summary>
    private void EnterTerm(ulong term)
    {
        RaftInvariantException.Require(term > Term, "terms only grow");
        Term = term;
        VotedFor = NodeId.None;
        FailReads();
        _outbox.RemoveAll(outbound => outbound.AfterWrite > _lastSequence);
    }

    /// <summary>A follower that merely learns a higher term keeps its election timer: only a leader or a granted vote restarts it.</summary>
    private void BecomeFollower(ulong term, NodeId leader)
    {
        if (term > Term)
        {
            EnterTerm(term);
        }

        if (Role != Role.Follower)
        {
            LeaveRole();
            Role = Role.Follower;
            _timer.Redraw();
        }

        ChangeLeader(leader);
        _trace?.OnEvent(this, RaftTraceEvent.BecomeFollower);
    }

    /// <summary>Reads that the old leader was asked for end with it.</summary>
    private void ChangeLeader(NodeId leader)
    {
        if (Leader != leader)
        {
            FailReads();
            Leader = leader;
        }
    }

    private void LeaveRole()
    {
        _progress.Clear();
        _departing.Clear();
        _votes.Clear();
        _chunksToSend.Clear();
        FailReads();
        EndLease();
        EndTransfer();
    }
}
