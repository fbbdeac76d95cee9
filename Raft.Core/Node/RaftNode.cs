using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node.Events;
using Raft.Core.StateMachine;
using Raft.Core.Storage;
using Raft.Core.Transport;

namespace Raft.Core.Node;

/// <summary>
/// Runs one member of a cluster: one loop feeds the <see cref="RaftCore"/> and carries out what it asks for, another applies committed entries. A failure
/// of the storage, of the state machine or of an invariant stops the node for good, and every waiting call ends.
/// </summary>
public sealed partial class RaftNode : IRaft, IAsyncDisposable
{
    private readonly RaftNodeOptions _options;
    private readonly IRaftStorage _storage;
    private readonly IRaftTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Mailbox _mailbox;
    private readonly RaftCore _core;
    private readonly NodeMetrics _metrics;
    private readonly CompletionPool<ProposalResult> _proposers = new();
    private readonly CompletionPool<bool> _readers = new();
    private readonly PendingProposals _proposals;
    private readonly PendingReads _reads;
    private readonly ApplyLoop _apply;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDisposable? _ticker;
    private Exception? _failure;
    private int _started;

    /// <summary>Creates a node that does nothing until <see cref="Start"/>. It does not own storage and transport: dispose them after the node.</summary>
    /// <param name="options">Who the node is and how it keeps time.</param>
    /// <param name="storage">Opened, and not in use elsewhere.</param>
    /// <param name="transport">Not started.</param>
    /// <param name="stateMachine">
    /// Holds the effect of no command: the newest snapshot is restored to it, and the log applied from there. One that is no
    /// <see cref="ISnapshotStateMachine"/> has its whole log kept.
    /// </param>
    /// <param name="time">Source of ticks; the system's by default.</param>
    /// <param name="logger">Told of elections and of what stops the node.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its bounds.</exception>
    public RaftNode(
        RaftNodeOptions options,
        IRaftStorage storage,
        IRaftTransport transport,
        IStateMachine stateMachine,
        TimeProvider? time = null,
        ILogger<RaftNode>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(stateMachine);
        options.Validate();
        _options = options;
        _storage = storage;
        _transport = transport;
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<RaftNode>.Instance;
        _mailbox = new Mailbox(options.MailboxCapacity, options.MailboxBytes);
        _events = new EventHub(options.EventCapacity);
        _metrics = new NodeMetrics(options.Id, options.ClusterId, _time);
        _proposals = new PendingProposals(_metrics);
        _reads = new PendingReads(_metrics);
        RaftOptions raft = options.Raft with { TickMicroseconds = (long)options.TickInterval.TotalMicroseconds };
        _core = new RaftCore(options.Id, ClusterConfiguration.Empty, raft, storage.Recovered, storage, options.Seed ?? RandomSeed());
        if (storage.Recovered.IsEmpty && !options.Configuration.IsEmpty)
        {
            _core.Bootstrap(options.Configuration);
        }

        _snapshotSaver = CreateSaver();
        _snapshotSender = CreateSender();
        _snapshotReceiver = CreateReceiver();
        _apply = new ApplyLoop(stateMachine, storage, _proposals, options.Snapshots, _snapshotSaver, _metrics, _mailbox.Wake);
        _seen = Look();
        _view = CreateView();
        Publish(refreshPeers: false);
        _metrics.Observe(() => Status, _mailbox);
    }

    /// <inheritdoc/>
    public NodeId Id => _options.Id;

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <summary>Starts storage, transport and the node's loops.</summary>
    /// <exception cref="InvalidOperationException">The node was started before.</exception>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("A node is started once.");
        }

        var listener = new Listener(this);
        _storage.Start(listener);
        _transport.UpdateMembers(_core.Configuration);
        _transport.Start(listener);
        _mailbox.Wake();
        _ticker = _options.Ticker?.Add(_mailbox.PostTick)
            ?? _time.CreateTimer(static mailbox => ((Mailbox)mailbox!).PostTick(), _mailbox, _options.TickInterval, _options.TickInterval);
        _ = Task.Run(RunAsync);
    }

    /// <summary>
    /// Stops the node and ends every waiting call, within <see cref="RaftNodeOptions.StopTimeout"/>. A leader first tries to hand its leadership over, so that
    /// the others need not wait for an election timeout. A state machine that does not return from a command by then is left to itself. Safe to call more than
    /// once.
    /// </summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _mailbox.Close();
            EndObservation();
            _completion.TrySetResult();
        }
        else if (!_stop.IsCancellationRequested)
        {
            await HandOverAsync().ConfigureAwait(false);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken = default)
        => RaftDiagnostics.Source.HasListeners() ? ProposeTracedAsync(command, cancellationToken) : ProposeUntraced(command, cancellationToken);

    /// <inheritdoc/>
    public bool TryForward(ReadOnlyMemory<byte> command)
        => !Status.Leader.IsNone && _mailbox.TryPost(NodeInput.OfProposal(command, proposer: null));

    /// <inheritdoc/>
    public ValueTask ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default)
        => RaftDiagnostics.Source.HasListeners() ? ReadTracedAsync(consistency, cancellationToken) : ReadUntraced(consistency, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask TransferLeadershipAsync(NodeId target = default, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var transferrer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_mailbox.TryPost(NodeInput.OfTransfer(target, transferrer)))
        {
            throw IsStopping ? new RaftStoppedException(_failure) : new LeadershipTransferException("The node's mailbox is full.");
        }

        await transferrer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>True once a call that the mailbox refuses is refused because the node stops.</summary>
    private bool IsStopping => _stop.IsCancellationRequested || _completion.Task.IsCompleted;

    private async Task HandOverAsync()
    {
        if (Status.Role != Role.Leader)
        {
            return;
        }

        try
        {
            await TransferLeadershipAsync().AsTask().WaitAsync(_options.StopTimeout / 2, _time).ConfigureAwait(false);
        }
        catch (Exception reason) when (reason is NotLeaderException or LeadershipTransferException or RaftStoppedException or TimeoutException)
        {
            LogNotHandedOver(reason.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Leadership was not handed over before the stop: {Reason}")]
    private partial void LogNotHandedOver(string reason);

    private static ulong RandomSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>What storage and transport see of the node.</summary>
    private sealed class Listener(RaftNode node) : IStorageListener, ITransportListener
    {
        public void OnPersisted(ulong sequence) => node._mailbox.PostPersisted(sequence);

        public void OnFailed(Exception error) => node.Fail(error);

        /// <summary>A message of a group that arrives here has met no <see cref="Groups.SharedTransport"/>: it is meant for another log.</summary>
        public bool OnMessage(in Message message) => message.Group.IsDefault && node._mailbox.TryPost(NodeInput.OfMessage(message));

        public void OnUnreachable(NodeId peer) => node._mailbox.TryPost(NodeInput.OfUnreachable(peer));
    }
}
